#include "libregistry/sites/similarity/collection.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "libregistry/core/base/text.h"
#include "libregistry/core/fs/snapshot.h"
#include "libregistry/sites/designs/outputs_check.h"
#include "libregistry/sites/html/check_html.h"
#include "libregistry/sites/scripts/site_files.h"
#include "libregistry/sites/similarity/site_traits.h"

namespace smbatcher {
namespace {

constexpr std::size_t kMostFiles = 200;  // of one site

void add(Collection& collection, Traits traits) {
  if (traits.empty()) {
    collection.bare.push_back(std::move(traits.name));
  } else {
    collection.designs.push_back(std::move(traits));
  }
}

/// "path:12" as a path and a line.
Warning warning_of(const Error& error, const std::string& path) {
  Warning warning{path, 0, error.reason.text(), error.message};
  const std::size_t colon = error.where.rfind(':');
  if (colon != std::string::npos && error.where.compare(0, colon, path) == 0) {
    const std::string digits = error.where.substr(colon + 1);
    const bool is_line =
        !digits.empty() && digits.size() < 10 && digits.find_first_not_of("0123456789") == std::string::npos;
    warning.line = is_line ? std::stoul(digits) : 0;
  }
  return warning;
}

Error cannot_list(const std::string& folder, const std::error_code& error) {
  if (error != std::errc::no_such_file_or_directory && error != std::errc::not_a_directory) {
    return io_error("cannot list '" + folder + "'", error.value());
  }
  Error missing = not_found("directory_not_found", "there is no folder '" + folder + "'");
  missing.details = folder;
  missing.where = folder;
  return missing;
}

std::string design_path(const RegistryPaths& paths, const Config& config, const std::string& domain) {
  return paths.work_tree + "/" + config.sites_dir + "/" + domain + "/" + config.design_file;
}

/// Without a design there is nothing to compare; one that cannot be read is said and left out.
template <class Use>
void take(const Result<DesignDocument>& design, const std::string& path, std::vector<Warning>& warnings, Use use) {
  if (design) {
    use(*design);
  } else if (design.error().reason != ErrorWord("design_not_found")) {
    warnings.push_back(warning_of(design.error(), path));
  }
}

void add_site(FileOps& ops, Collection& collection, const std::string& folder, const std::string& domain) {
  std::error_code error;
  if (!std::filesystem::is_directory(std::filesystem::symlink_status(folder, error))) {
    return;
  }
  auto files = find_site_files(folder, {".html", ".htm", ".css"});
  if (!files) {
    collection.warnings.push_back(warning_of(files.error(), folder));
    return;
  }
  files->resize(std::min(files->size(), kMostFiles));
  SiteTraits site;
  bool has_page = false;
  for (const std::string& name : *files) {
    const std::string path = (std::filesystem::path(folder) / name).string();
    const auto bytes = read_file(ops, path, kMaxPageSize);
    if (!bytes) {
      collection.warnings.push_back(warning_of(bytes.error(), path));
    } else if (to_lower(name).ends_with(".css")) {
      site.add_style_sheet(*bytes);
    } else {
      has_page = true;
      site.add_page(*bytes);
    }
  }
  if (has_page) {
    add(collection, site.finish(domain));
  }
}

}  // namespace

std::vector<Warning> for_each_design(FileOps& ops, const RegistryPaths& paths, const Config& config,
                                     const std::vector<std::string>& domains,
                                     const std::function<void(const std::string& domain, const DesignDocument&)>& use) {
  std::vector<Warning> warnings;
  for (const std::string& domain : domains) {
    take(read_site_design(ops, paths, config, domain), design_path(paths, config, domain), warnings,
         [&](const DesignDocument& design) { use(domain, design); });
  }
  return warnings;
}

Collection collect_designs(FileOps& ops, const RegistryPaths& paths, const Config& config,
                           const std::vector<std::string>& domains) {
  Collection collection;
  collection.warnings = for_each_design(
      ops, paths, config, domains,
      [&collection](const std::string& domain, const auto& design) { add(collection, traits_of(design, domain)); });
  return collection;
}

Collection collect_sites(FileOps& ops, const RegistryPaths& paths, const Config& config,
                         const std::vector<std::string>& domains) {
  Collection collection;
  for (const std::string& domain : domains) {
    if (const auto folder = site_folder(paths, config, domain); folder) {
      add_site(ops, collection, *folder, domain);
    }
  }
  return collection;
}

Result<Collection> collect_designs_below(FileOps& ops, const std::string& folder, const std::string& design_file) {
  std::error_code error;
  std::vector<std::string> names;
  std::filesystem::directory_iterator entry(folder, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    if (entry->is_directory(error)) {
      names.push_back(entry->path().filename().string());
    }
  }
  if (error) {
    return fail(cannot_list(folder, error));
  }
  std::sort(names.begin(), names.end());
  Collection collection;
  for (const std::string& name : names) {
    const std::string path = (std::filesystem::path(folder) / name / design_file).string();
    take(read_design(ops, path), path, collection.warnings,
         [&](const DesignDocument& design) { add(collection, traits_of(design, name)); });
  }
  return collection;
}

}  // namespace smbatcher
