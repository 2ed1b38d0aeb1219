#include "tools/check/check_targets.h"

#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "libregistry/core/base/ids.h"
#include "libregistry/core/base/text.h"
#include "libregistry/core/fs/descriptor.h"
#include "libregistry/core/fs/folders.h"
#include "libregistry/queue/ledger/named_sites.h"
#include "libregistry/sites/designs/outputs_check.h"
#include "tools/queue/open_queue.h"

namespace smbatcher {
namespace {

Error no_directory(const std::string& path) {
  Error error = not_found("directory_not_found", "no folder is at '" + escape_control(path) + "'");
  error.details = path;
  error.where = path;
  return error;
}

Error no_file(const std::string& path) {
  Error error = not_found("file_not_found", "no file is at '" + escape_control(path) + "'");
  error.details = path;
  error.where = path;
  return error;
}

/// What is at `path`; absent is `missing`.
Result<CheckTarget> target_at(FileOps& ops, const std::string& path, bool takes_files) {
  struct stat status {};
  if (ops.stat(path, &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) {
      const bool is_page = takes_files && (path.ends_with(".html") || path.ends_with(".htm") || path.ends_with(".js") ||
                                           path.ends_with(".mjs"));
      return fail(is_page ? no_file(path) : no_directory(path));
    }
    Error error = io_error("cannot look at '" + path + "'", errno);
    error.where = path;
    return fail(std::move(error));
  }
  if (!S_ISDIR(status.st_mode) && !takes_files) {
    return fail(no_directory(path));
  }
  if (!S_ISDIR(status.st_mode) && !S_ISREG(status.st_mode)) {
    return fail(not_a_regular_file(path, status.st_mode));
  }
  std::string shown = path;
  while (shown.size() > 1 && shown.ends_with('/')) {
    shown.pop_back();
  }
  return CheckTarget{path, std::move(shown), {}, S_ISDIR(status.st_mode)};
}

/// The settings of the repository where the caller stands. Where there is none that may be used (no registry, another
/// user's, a repository that git refuses), paths are checked by the usual settings; only an explicit name must lead to
/// one.
Result<void> read_surroundings(const Context& context, const TargetOptions& options, CheckTargets& found) {
  if (const auto paths = find_registry(context, {{}, options.root}); !paths) {
    return context.common.registry ? Result<void>(fail(paths.error())) : Result<void>();
  }
  auto queue = open_queue(context, {{}, options.root});
  if (!queue) {
    return fail(std::move(queue).error());
  }
  found.config = std::move(queue->config);
  found.paths = std::move(queue->paths);
  return {};
}

Result<void> add_sites(const Context& context, const TargetOptions& options, const std::vector<std::string>& domains,
                       CheckTargets& found) {
  SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context, {{}, options.root, false}));
  SMB_TRY_ASSIGN(NamedSites named, find_named(queue, domains, options.batch));
  found.warnings = std::move(named.warnings);
  for (const NamedSite& site : named.sites) {
    SMB_TRY_ASSIGN(const std::string folder, site_folder(queue.paths, queue.config, site.domain));
    SMB_TRY_ASSIGN(CheckTarget target, target_at(context.ops, folder, false));
    target.domain = site.domain;
    target.shown = queue.config.sites_dir + "/" + site.domain;
    found.targets.push_back(std::move(target));
  }
  return {};
}

/// Who gave a name that is not registered may have meant a path.
Error of_a_name(FileOps& ops, Error error, bool takes_paths) {
  if (error.reason == ErrorWord("domain_not_found") && takes_paths) {
    error.reason = ErrorWord("file_not_found");
    error.details = error.subject;
    error.message = "no file or folder is at '" + error.subject + "', and as a site " + error.message;
  } else if (error.reason == ErrorWord("domain_not_found") && exists(ops, error.subject)) {
    error.message += "; a folder is named with --path " + shell_quote(error.subject);
  }
  return error;
}

}  // namespace

void TargetOptions::declare(OptionSet& options, bool takes_paths) {
  if (takes_paths) {
    options.positionals("PATH", names, "files and folders, or sites by their domain").excludes("--batch");
  } else {
    options.positionals("DOMAIN", names, "the sites").excludes("--batch");
    options.list("--path DIR", folders, "this folder instead of a site of the registry");
  }
  options.text("--batch ID", batch, "all sites of this batch").must_be(is_batch_id, "a batch id");
  options.text("--root DIR", root, "the folder that the sites' folder is in, where it is not the work tree");
}

Result<CheckTargets> find_targets(const Context& context, const TargetOptions& options, bool takes_paths) {
  if (options.names.empty() && options.folders.empty() && !options.batch) {
    return fail(usage_error("missing_argument",
                            takes_paths ? "name files, folders or sites, or a batch with --batch ID"
                                        : "name the sites, a folder with --path DIR, or a batch with --batch ID"));
  }
  CheckTargets found;
  SMB_TRY(read_surroundings(context, options, found));
  std::vector<std::string> paths = options.folders;
  std::vector<std::string> domains;
  for (const std::string& name : options.names) {
    const bool is_path = takes_paths && (exists(context.ops, name) || !is_domain(name) || !found.paths);
    (is_path ? paths : domains).push_back(name);
  }
  for (const std::string& path : paths) {
    SMB_TRY_ASSIGN(CheckTarget target, target_at(context.ops, path, takes_paths));
    found.targets.push_back(std::move(target));
  }
  if (!domains.empty() || options.batch) {
    if (auto added = add_sites(context, options, domains, found); !added) {
      return fail(of_a_name(context.ops, std::move(added).error(), takes_paths));
    }
  }
  return found;
}

}  // namespace smbatcher
