#include "tools/queue/open_queue.h"

#include <filesystem>

#include "tools/queue/environment.h"

namespace smbatcher {

Result<RegistryPaths> find_registry(const Context& context, const OpenOptions& options) {
  std::error_code error;
  LocateRequest request;
  request.registry = context.common.registry;
  request.lock_file = context.common.lock_file;
  request.root = options.root;
  request.environment = environment_value("SMBATCHER_REGISTRY").value_or("");
  request.may_create = options.may_create;
  request.working_directory = std::filesystem::current_path(error).string();
  if (error && needs_working_directory(request)) {  // it may have been deleted
    return fail(io_error("cannot tell the working directory", error.value()));
  }
  return locate_registry(request);
}

Result<Queue> open_queue(const Context& context, const OpenOptions& options) {
  static const SystemProcessTable processes;
  Queue queue;
  queue.ops = &context.ops;
  queue.clock = &context.clock;
  queue.processes = &processes;
  SMB_TRY_ASSIGN(queue.paths, find_registry(context, options));
  SMB_TRY_ASSIGN(queue.config, load_config(queue.paths.config));
  queue.lock_timeout = context.common.lock_timeout.value_or(queue.config.lock_timeout);
  queue.holder = {options.owner.value_or(""), context.tool};
  return queue;
}

}  // namespace smbatcher
