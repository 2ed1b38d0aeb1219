#include "libregistry/sites/whole/links.h"

#include <algorithm>
#include <map>
#include <optional>

#include "libregistry/core/base/text.h"
#include "libregistry/sites/url/local_url.h"
#include "libregistry/sites/url/percent.h"
#include "libregistry/sites/whole/file_tree.h"

namespace smbatcher {
namespace {

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
    base_ = page_url(page.path, page.base);
    for (const SiteReference& reference : page.references) {
      check(reference);
    }
  }

  std::vector<Finding> take() { return std::move(findings_); }

 private:
  void check(const SiteReference& reference) {
    const std::string& text = reference.url;
    if (text.empty() && reference.kind == SiteReference::Kind::kResource) {
      add("site-resource", reference, "the address is empty");
      return;
    }
    const auto url = parse_url(text, &base_);
    if (!url) {
      add("site-url", reference, "'" + text + "' cannot be read as an address: its host or port is impossible");
    } else if (url->scheme == "file" || url->scheme.size() == 1) {
      add("site-url", reference, "'" + text + "' is a place on the author's computer: write the path inside the site");
    } else if (url->is_http() && !is_own(*url)) {
      check_host(reference, *url->host);
    } else if (url->is_http() && text.find('\\') != std::string::npos) {
      add("site-url", reference, "'" + text + "' has a backslash: write '/'");
    } else if (url->is_http() && text.find_first_of("\r\n\t") != std::string::npos) {
      add("site-url", reference, "'" + text + "' has a line end or a tab inside");
    } else if (url->is_http()) {
      check_local(reference, *url);
    }
    // Any other scheme (mailto, tel, data) is nobody's file.
  }

  bool is_own(const Url& url) const {
    return !url.port &&
           (url.host == kUnknownHost ||
            (!setting_->domain.empty() && (url.host == setting_->domain || url.host == "www." + setting_->domain)));
  }

  void check_host(const SiteReference& reference, const std::string& host) {
    if (!allows(setting_->allowed_hosts, host)) {
      const bool is_loaded = reference.kind == SiteReference::Kind::kResource;
      add(is_loaded ? "site-external" : "site-external-link", reference,
          (is_loaded ? "is loaded from the host '" : "leads to the host '") + host +
              "', which outputs.allowed_hosts of the config does not name: '" + reference.url + "'");
    }
  }

  void check_local(const SiteReference& reference, const Url& url) {
    const auto path = path_in_site(url);
    if (url.climbs_out || !path) {
      add("site-outside", reference, "'" + reference.url + "' leads out of the site");
      return;
    }
    if (const auto found = find_file(*path)) {
      check_fragment(reference, *found, url.fragment.value_or(""));
    } else {
      add_missing(reference, reference.url, *path);
    }
  }

  /// The file that a path leads to: a folder's is its index.html, and behind a file there is no slash.
  std::optional<std::string> find_file(std::string path) const {
    const bool names_folder = path.empty() || path.ends_with('/');
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
    if (names_folder || found == entries_.end() || found->second->kind == FileTreeEntry::Kind::kOther ||
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
    const bool ends_in_slash = path.ends_with('/');
    while (path.ends_with('/')) {
      path.pop_back();
    }
    if (ends_in_slash && find_file(path) == path) {
      add(reference.kind == SiteReference::Kind::kLink ? "site-link" : "site-resource", reference,
          "'" + url + "' is a file, not a folder: leave the slash at its end out");
      return;
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
    const std::string plain = percent_decoded(fragment);
    if (page->second->ids.contains(std::string(fragment)) || page->second->ids.contains(plain) ||
        to_lower(fragment) == "top") {
      return;
    }
    const std::string near = suggest(plain, {page->second->ids.begin(), page->second->ids.end()});
    add("site-fragment", reference,
        (target == page_->path ? "this page" : "'" + target + "'") + " has no id '" + plain + "'" +
            (near.empty() ? std::string() : "; did you mean '" + near + "'?"));
  }

  void add(std::string_view rule, const SiteReference& reference, std::string message) {
    findings_.push_back(make_finding(rule, page_->path, reference.line, reference.column, std::move(message)));
    findings_.back().characters = reference.characters;
  }

  const LinkSetting* setting_;
  std::map<std::string, const FileTreeEntry*> entries_;
  std::map<std::string, const PageFacts*> pages_;
  std::vector<std::string> names_;
  const PageFacts* page_ = nullptr;
  Url base_;  // of page_
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
