#include "tools/queue/open_queue.h"

#include <cstdlib>
#include <filesystem>

namespace smbatcher {
namespace {

std::string environment_text(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

}  // namespace

Result<Queue> open_queue(const Context& context, const OpenOptions& options) {
  static const SystemProcessTable processes;
  std::error_code error;
  LocateRequest request;
  request.registry = context.common.registry;
  request.lock_file = context.common.lock_file;
  request.root = options.root;
  request.environment = environment_text("SMBATCHER_REGISTRY");
  request.may_create = options.may_create;
  request.working_directory = std::filesystem::current_path(error).string();
  if (error && needs_working_directory(request)) {  // it may have been deleted
    return fail(io_error("cannot tell the working directory", error.value()));
  }
  Queue queue;
  queue.ops = &context.ops;
  queue.clock = &context.clock;
  queue.processes = &processes;
  SMB_TRY_ASSIGN(queue.paths, locate_registry(request));
  SMB_TRY_ASSIGN(queue.config, load_config(queue.paths.config));
  queue.lock_timeout = context.common.lock_timeout.value_or(queue.config.lock_timeout);
  queue.holder = {options.owner.value_or(""), context.tool};
  return queue;
}

}  // namespace smbatcher
