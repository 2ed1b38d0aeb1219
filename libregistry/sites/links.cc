#include "libregistry/sites/links.h"

#include <algorithm>
#include <map>
#include <optional>

#include "libregistry/base/text.h"
#include "libregistry/scripts/local_url.h"
#include "libregistry/sites/file_tree.h"

namespace smbatcher {
namespace {

/// A name for the site's folder in addresses, which a path that leaves it does not begin with.
constexpr std::string_view kRoot = "/site/";

/// The scheme in lower case, without its colon; empty for an address without one.
std::string scheme_of(std::string_view url) {
  const std::size_t end = url.find_first_of(":/?#");
  if (end == std::string_view::npos || url[end] != ':' || end == 0) {
    return {};
  }
  const std::string scheme = to_lower(url.substr(0, end));
  const bool is_one = scheme.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789+-.") == std::string::npos &&
                      scheme[0] >= 'a' && scheme[0] <= 'z';
  return is_one ? scheme : std::string();
}

/// What stands between "//" and the path, without user and port, in lower case.
std::string host_of(std::string_view url) {
  const std::size_t begin = url.find("//") + 2;
  std::string_view authority = url.substr(begin, url.find_first_of("/?#", begin) - begin);
  authority = authority.substr(authority.rfind('@') == std::string_view::npos ? 0 : authority.rfind('@') + 1);
  return to_lower(authority.substr(0, authority.find(':')));
}

bool allows(const std::vector<std::string>& allowed, const std::string& host) {
  return std::any_of(allowed.begin(), allowed.end(), [&host](const std::string& each) {
    const std::string lower = to_lower(each);
    return lower == host || (lower.starts_with("*.") && host.ends_with(lower.substr(1)));
  });
}

class LinkCheck {
 public:
  LinkCheck(const std::vector<FileTreeEntry>& tree, const std::vector<PageFacts>& pages, const LinkSetting& setting)
      : setting_(&setting) {
    for (const FileTreeEntry& entry : tree) {
      entries_.emplace(entry.path, &entry);
      names_.push_back(entry.path);
    }
    for (const PageFacts& page : pages) {
      if (page.is_page) {
        pages_.emplace(page.path, &page);
      }
    }
  }

  void check(const PageFacts& page) {
    page_ = &page;
    for (const SiteReference& reference : page.references) {
      check(reference);
    }
  }

  std::vector<Finding> take() { return std::move(findings_); }

 private:
  void check(const SiteReference& reference) {
    const std::string& url = reference.url;
    const std::string scheme = scheme_of(url);
    if (scheme == "http" || scheme == "https" || (scheme.empty() && url.starts_with("//"))) {
      check_host(reference, scheme.empty() ? "https:" + url : url);
    } else if (scheme == "file" || scheme.size() == 1) {
      add("site-url", reference, "'" + url + "' is a place on the author's computer: write the path inside the site");
    } else if (scheme.empty() && url.find('\\') != std::string::npos) {
      add("site-url", reference, "'" + url + "' has a backslash: write '/'");
    } else if (scheme.empty() && url.find_first_of("\r\n\t") != std::string::npos) {
      add("site-url", reference, "'" + url + "' has a line end or a tab inside");
    } else if (scheme.empty()) {
      check_local(reference, url, base_of(std::string(kRoot), std::string(kRoot) + page_->path, page_->base));
    }
    // Any other scheme (mailto, tel, data) is nobody's file.
  }

  void check_host(const SiteReference& reference, const std::string& url) {
    const std::string host = host_of(url);
    if (host.empty()) {
      add("site-url", reference, "'" + url + "' names no host");
    } else if (!setting_->domain.empty() && (host == setting_->domain || host == "www." + setting_->domain)) {
      const std::size_t path = url.find_first_of("/?#", url.find("//") + 2);
      check_local(reference, path == std::string::npos ? "/" : url.substr(path),
                  base_of(std::string(kRoot), std::string(kRoot)));
    } else if (!allows(setting_->allowed_hosts, host)) {
      const bool is_loaded = reference.kind == SiteReference::Kind::kResource;
      add(is_loaded ? "site-external" : "site-external-link", reference,
          (is_loaded ? "is loaded from the host '" : "leads to the host '") + host +
              "', which outputs.allowed_hosts of the config does not name: '" + url + "'");
    }
  }

  void check_local(const SiteReference& reference, const std::string& url, const UrlBase& base) {
    const std::size_t hash = url.find('#');
    const std::string_view fragment =
        hash == std::string::npos ? std::string_view() : std::string_view(url).substr(hash + 1);
    std::string target = page_->path;
    if (url.substr(0, hash).empty()) {  // the page itself
      if (hash == std::string::npos && reference.kind == SiteReference::Kind::kResource) {
        add("site-resource", reference, "the address is empty");
        return;
      }
    } else if (url[0] != '?') {
      const std::optional<std::string> path = local_path(base, url);
      if (!path) {
        if (!base.folder.empty()) {
          add("site-url", reference, "'" + url + "' cannot be read");
        }
        return;  // the page's <base> leads to another host
      }
      if (!path->starts_with(kRoot) && *path + "/" != kRoot) {
        add("site-outside", reference, "'" + url + "' leads out of the site");
        return;
      }
      const auto found = find_file(path->size() < kRoot.size() ? std::string() : path->substr(kRoot.size()));
      if (!found) {
        add_missing(reference, url, path->substr(std::min(kRoot.size(), path->size())));
        return;
      }
      target = *found;
    }
    check_fragment(reference, target, fragment);
  }

  /// The file that a path leads to: a folder's is its index.html.
  std::optional<std::string> find_file(std::string path) const {
    while (path.ends_with('/')) {
      path.pop_back();
    }
    const auto found = entries_.find(path);
    const bool is_folder =
        path.empty() || (found != entries_.end() && found->second->kind == FileTreeEntry::Kind::kFolder);
    if (is_folder) {
      std::string index = path.empty() ? "index.html" : path + "/index.html";
      return entries_.contains(index) ? std::optional(std::move(index)) : std::nullopt;
    }
    if (found == entries_.end() || found->second->kind == FileTreeEntry::Kind::kOther ||
        (found->second->kind == FileTreeEntry::Kind::kLink && found->second->leads_out)) {
      return std::nullopt;
    }
    return path;
  }

  /// The nearest name, for the first faults only: in a large site it takes long to find.
  std::string suggest(const std::string& name, const std::vector<std::string>& names) {
    constexpr std::size_t kMostSuggestions = 20;
    return ++suggestions_ > kMostSuggestions ? std::string() : nearest(name, names);
  }

  void add_missing(const SiteReference& reference, const std::string& url, std::string path) {
    while (path.ends_with('/')) {
      path.pop_back();
    }
    const bool is_folder = entries_.contains(path) && entries_.at(path)->kind == FileTreeEntry::Kind::kFolder;
    const std::string near = is_folder ? std::string() : suggest(path, names_);
    const bool is_link = reference.kind == SiteReference::Kind::kLink;
    add(is_link ? "site-link" : "site-resource", reference,
        "'" + url + "' " + std::string(is_folder ? "is a folder without an index.html" : "is not in the site") +
            (near.empty() ? std::string() : "; did you mean '" + near + "'?"));
  }

  void check_fragment(const SiteReference& reference, const std::string& target, std::string_view fragment) {
    const auto page = pages_.find(target);
    if (fragment.empty() || page == pages_.end() || fragment.find(":~:") != std::string_view::npos) {
      return;
    }
    const std::string plain = decoded(fragment);
    if (page->second->ids.contains(std::string(fragment)) || page->second->ids.contains(plain) ||
        to_lower(fragment) == "top") {
      return;
    }
    const std::string near = suggest(plain, {page->second->ids.begin(), page->second->ids.end()});
    add("site-fragment", reference,
        (target == page_->path ? "this page" : "'" + target + "'") + " has no id '" + plain + "'" +
            (near.empty() ? std::string() : "; did you mean '" + near + "'?"));
  }

  /// %XX resolved, by the one function that knows how.
  static std::string decoded(std::string_view fragment) {
    std::string escaped = "./";
    for (const char c : fragment) {
      escaped += c == '?' || c == '/' || c == '#' ? std::string("%") + (c == '?'   ? "3F"
                                                                        : c == '/' ? "2F"
                                                                                   : "23")
                                                  : std::string(1, c);
    }
    const std::optional<std::string> path = local_path({std::string(kRoot), std::string(kRoot)}, escaped);
    return path && path->starts_with(kRoot) ? path->substr(kRoot.size()) : std::string(fragment);
  }

  void add(std::string_view rule, const SiteReference& reference, std::string message) {
    findings_.push_back(make_finding(rule, page_->path, reference.line, reference.column, std::move(message)));
  }

  const LinkSetting* setting_;
  std::map<std::string, const FileTreeEntry*> entries_;
  std::map<std::string, const PageFacts*> pages_;
  std::vector<std::string> names_;
  const PageFacts* page_ = nullptr;
  std::vector<Finding> findings_;
  std::size_t suggestions_ = 0;
};

}  // namespace

Result<std::vector<Finding>> check_links(const std::string& folder, const std::vector<PageFacts>& pages,
                                         const LinkSetting& setting) {
  SMB_TRY_ASSIGN(const std::vector<FileTreeEntry> tree, list_tree(folder));
  LinkCheck check(tree, pages, setting);
  for (const PageFacts& page : pages) {
    check.check(page);
  }
  std::vector<Finding> findings = check.take();
  for (const FileTreeEntry& entry : tree) {
    if (entry.kind == FileTreeEntry::Kind::kLink && entry.leads_out) {
      findings.push_back(make_finding(
          "site-outside", entry.path, 0, 0,
          "a symbolic link to '" + entry.target + "', which is not in the site: put the file in its place"));
    }
  }
  return findings;
}

}  // namespace smbatcher
