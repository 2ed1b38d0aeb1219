#pragma once

#include "tools/queue/work_options.h"
#include "tools/support/context.h"
#include "tools/support/options.h"
#include "tools/worker/worker.h"

namespace smbatcher {

/// design-run and implement-run: a batch is handed out to the caller, or, with --exec, worked on by a command.
struct RunPhase {
  Phase phase = Phase::kDesign;
  std::optional<std::string> batch;
  std::vector<std::string> sites;
  std::optional<std::uint64_t> token;
  std::optional<std::string> command;
  std::uint64_t jobs = 1;
  std::optional<std::chrono::seconds> timeout;
  bool loop = false;
  std::optional<std::uint64_t> max_failures;
  bool verify = false;  // implement-run only
  std::optional<std::chrono::seconds> wait;
  std::optional<std::string> root;
  LeaseOptions lease;
  WriteOptions write;

  void declare(OptionSet& options);
  Result<Outcome> run(const Context& context) const;

 private:
  Result<void> check() const;
};

}  // namespace smbatcher
