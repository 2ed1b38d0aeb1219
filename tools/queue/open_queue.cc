#include "tools/queue/open_queue.h"

#include <filesystem>

#include "libregistry/core/base/text.h"
#include "tools/queue/environment.h"

namespace smbatcher {

namespace {

Warning outer(const RegistryPaths& paths) {
  return {paths.registry, 0, "outer_registry",
          "this registry is of a folder around '" + paths.passed + "', which is a git repository of its own"};
}

Error must_be_named(const RegistryPaths& paths) {
  const std::string own = paths.passed + "/.smbatcher";
  return usage_error("outer_registry",
                     "'" + paths.registry + "' is the registry of a folder around '" + paths.passed +
                         "', which is a git repository of its own: is it meant, name it: --registry " +
                         shell_quote(paths.registry) + "; else begin one here: mkdir -p " + shell_quote(own) +
                         " && smbatcher prepare-register --registry " + shell_quote(own + "/REGISTRY.md"))
      .with("registry", paths.registry);
}

}  // namespace

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
  SMB_TRY_ASSIGN(RegistryPaths paths, locate_registry(request));
  if (options.root && !std::filesystem::is_directory(paths.work_tree, error)) {
    Error no_root = not_found("directory_not_found", "no folder is at '" + *options.root + "', which --root names");
    no_root.details = *options.root;
    return fail(std::move(no_root));
  }
  if (paths.passed.empty()) {
    return paths;
  }
  if (options.enrolls) {
    return fail(must_be_named(paths));
  }
  if (context.standing != nullptr) {
    *context.standing = {paths.registry, {outer(paths)}};
  }
  return paths;
}

Result<QueueContext> open_queue(const Context& context, const OpenOptions& options) {
  static const SystemProcessTable processes;
  QueueContext queue;
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
