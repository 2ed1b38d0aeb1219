#pragma once

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

#include "tests/process/outcome_support.h"
#include "tools/support/operations.h"

namespace smbatcher::test {

/// False for the tools beside the registry, whose leases are their own.
inline bool works_on_a_registry(const Operation& operation) {
  return operation.area != "coordination" && operation.area != "audit" && operation.area != "sync";
}

/// The options that a tool declares, by its own help. A tool with --dry-run writes; one with --token looks at claims.
inline bool has_option(std::string_view tool, const std::string& option) {
  const std::string help = run({.argv = {tool_path(tool), "--help"}}).out;
  const auto at = help.find(option);
  return at != std::string::npos && std::isalnum(static_cast<unsigned char>(help[at + option.size()])) == 0;
}

/// One call of a tool on the queue of `CallScene`. DESIGN and IMPLEMENT in its arguments stand for the tokens there.
struct ToolCall {
  std::string tool;
  Args args;
};

/// A queue on which every writing tool has something to do: anna works on the designs of batch 001 and implements batch
/// 002, whose other site is finished; batch 003 waits to be locked, and a site of batch 004 is buried.
class CallScene {
 public:
  CallScene() {
    for (const char* const domain : {"d.example", "i.example"}) {
      build_site(sandbox_, domain);
    }
    expect_ok(sandbox_.run("bury", {"k.example", "--why", "no photos"}), "OK:buried");
  }

  const Sandbox& sandbox() const { return sandbox_; }
  void claim_both() {
    design_ = claim_for(sandbox_, "anna", {"--phase", "design", "--batch", "001"});
    implement_ = claim_for(sandbox_, "anna", {"--batch", "002"});
  }
  /// Claims of processes that are gone by now.
  void claim_both_for_the_dead() {
    design_ = lapsed_claim_for(sandbox_, "anna", {"--phase", "design", "--batch", "001"});
    implement_ = lapsed_claim_for(sandbox_, "anna", {"--batch", "002"});
  }
  Command command(const ToolCall& call) const {
    Args args = call.args;
    std::replace(args.begin(), args.end(), std::string("DESIGN"), design_);
    std::replace(args.begin(), args.end(), std::string("IMPLEMENT"), implement_);
    return sandbox_.command(call.tool, args);
  }

 private:
  Sandbox sandbox_{std::vector<Sandbox::Site>{{"d.example", "001", "B"},
                                              {"i.example", "002", "O"},
                                              {"q.example", "002", "I"},
                                              {"l.example", "003", "D"},
                                              {"k.example", "004", "O"},
                                              {"b.example", "005", "B"},
                                              {"o.example", "006", "O"},
                                              {"f.example", "007", "I"},
                                              {"n.example", "", "-"}}};
  std::string design_;
  std::string implement_;
};

}  // namespace smbatcher::test
