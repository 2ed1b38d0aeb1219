#include "libregistry/audit/setup.h"
#include "libregistry/core/base/text.h"
#include "tools/audit/audit_options.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

std::string_view name_of(AuditMode mode) { return mode == AuditMode::kInPlace ? "in_place" : "replace"; }

struct AuditHandoff {
  static constexpr std::string_view kSummary = "set up a queue of repository audits";
  static constexpr Effect kEffect = Effect::kChanges;
  static constexpr bool kHasRegistry = false;

  std::optional<std::string> dir;
  std::optional<std::string> scan;
  bool in_place = false;
  bool replace = false;
  bool force = false;
  bool dry_run = false;

  void declare(OptionSet& options) {
    options.text("--dir DIR", dir, "the folder of the queue; else where one is, else AUDIT_DIR, else ~/Desktop/Github");
    options.text("--scan DIR", scan,
                 "put the git repositories in DIR into the queue (default: ~/Projects where it is)");
    options.flag("--in-place", in_place, "write into the data file, as scripts of the fleet do that lock it");
    options.flag("--replace", replace, "replace the data file: no script writes it (the default)")
        .excludes("--in-place");
    options.flag("--force", force, "overwrite a queue that is there; it is backed up first");
    options.flag("--dry-run", dry_run, "say what would change and change nothing");
    options.example("smbatcher audit-handoff --scan ~/Projects", "begin a queue of these repositories");
    options.example("smbatcher audit-handoff --in-place", "let a queue that is there be shared with scripts");
  }

  Result<Outcome> run(const Context& context) const {
    const AuditSurroundings surroundings = AuditSurroundings::of_process();
    const auto file = dir ? std::optional(*dir + "/" + kAuditDataName) : std::nullopt;
    SMB_TRY_ASSIGN(const AuditPlace place, find_audit_place(context.ops, file, surroundings, AuditFile::kMayBeMissing));
    SetUpRequest request;
    request.overwrite = force;
    if (in_place || replace) {
      request.mode = in_place ? AuditMode::kInPlace : AuditMode::kReplace;
    }
    request.scanned = scan.value_or(surroundings.home + "/Projects");
    if (auto found = scan_repos(request.scanned)) {
      request.found = std::move(*found);
    } else if (scan) {
      return fail(std::move(found).error());
    }
    AuditCall call = audit_call(context);
    call.dry_run = dry_run;
    SMB_TRY_ASSIGN(const SetUp done, set_up_audit(place, call, request));
    return answer(place, request, done);
  }

 private:
  Outcome answer(const AuditPlace& place, const SetUpRequest& request, const SetUp& done) const {
    const OkWord word = done.created ? OkWord("audit_ready") : OkWord("mode_set");
    const std::string details =
        done.created ? std::to_string(request.found.repos.size()) : std::string(name_of(done.mode));
    Outcome outcome = dry_run ? Outcome::ok("dry_run") : Outcome::ok(word, details);
    if (dry_run) {
      outcome.add("would", word.text());
    }
    outcome.add("file", place.data).add("mode", name_of(done.mode));
    outcome.line((dry_run ? "would be " : "") + place.data + ", mode " + std::string(name_of(done.mode)));
    if (done.created) {
      JsonArray repos;
      for (const FoundRepo& repo : request.found.repos) {
        repos.push_back(Json(repo.name));
        outcome.line("  " + escape_control(repo.name));
      }
      outcome.add("repos", std::move(repos));
    }
    std::vector<Warning> warnings;
    for (const std::string& text : done.answer.warnings) {
      warnings.push_back({request.scanned, 0, "repo_left_out", text});
    }
    for (const std::string& kept : done.answer.kept) {
      warnings.push_back({kept, 0, "conflict_copy", "what was there, or was saved meanwhile, is kept here"});
    }
    return std::move(outcome.warn(std::move(warnings)));
  }
};

}  // namespace

int audit_handoff_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<AuditHandoff>(self, argc, argv);
}

}  // namespace smbatcher
