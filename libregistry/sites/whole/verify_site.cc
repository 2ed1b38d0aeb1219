#include "libregistry/sites/whole/verify_site.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <tuple>

#include "libregistry/core/fs/snapshot.h"
#include "libregistry/sites/css/compliance.h"
#include "libregistry/sites/designs/outputs_check.h"
#include "libregistry/sites/html/check_html.h"
#include "libregistry/sites/scripts/check_scripts.h"
#include "libregistry/sites/scripts/site_files.h"
#include "libregistry/sites/url/url.h"
#include "libregistry/sites/whole/links.h"

namespace smbatcher {
namespace {

Finding about_file(std::string_view rule, const std::string& file, std::string message) {
  return make_finding(rule, file, 0, 0, std::move(message));
}

class SiteVerification {
 public:
  SiteVerification(FileOps& ops, const Config& config, const VerifyRequest& request)
      : ops_(&ops), config_(&config), request_(&request) {}

  Result<Verification> run(TargetScripts scripts) {
    SMB_TRY(check_files());
    SMB_TRY(check_pages());
    add("scripts", std::move(scripts.findings));
    SMB_TRY(check_design());
    SMB_TRY(read_style_sheets());
    add_imports(scripts.imports);
    SMB_TRY_ASSIGN(std::vector<Finding> links,
                   check_links(request_->folder, pages_, {own_domain(), config_->outputs_allowed_hosts}));
    links = with_levels(std::move(links), config_->rules);
    leave_to(links);
    add("html", std::move(page_findings_));
    add("links", std::move(links));
    result_.findings = with_levels(std::move(result_.findings), {});
    return std::move(result_);
  }

 private:
  Result<void> check_files() {
    SMB_TRY_ASSIGN(const auto missing, missing_outputs(request_->folder, config_->outputs_required_files));
    std::vector<Finding> findings;
    for (const std::string& name : missing) {
      findings.push_back(about_file("site-missing-file", name, "the file is absent or empty"));
    }
    add("files", std::move(findings));
    return {};
  }

  Result<void> check_pages() {
    SMB_TRY_ASSIGN(const auto names, find_site_files(request_->folder, {".html", ".htm"}));
    for (const std::string& name : names) {
      SMB_TRY_ASSIGN(CheckedPage checked, check_page_at(*ops_, request_->folder + "/" + name, name));
      page_findings_.insert(page_findings_.end(), checked.findings.begin(), checked.findings.end());
      if (checked.page) {
        pages_.push_back(facts_of(*checked.page, name));
      }
    }
    result_.files = names.size();
    return {};
  }

  /// An address that is broken is told once: site-url says more of it than html-url, unless it matters less.
  void leave_to(const std::vector<Finding>& links) {
    std::map<std::tuple<std::string_view, std::size_t, std::size_t>, Severity> told;
    for (const Finding& link : links) {
      if (link.rule == "site-url") {
        told.emplace(std::tuple(std::string_view(link.file), link.line, link.column), link.severity);
      }
    }
    page_findings_ = with_levels(std::move(page_findings_), config_->rules);
    std::erase_if(page_findings_, [&told](const Finding& each) {
      const auto same = told.find(std::tuple(std::string_view(each.file), each.line, each.column));
      return each.rule == "html-url" && same != told.end() && same->second >= each.severity;
    });
  }

  Result<void> read_style_sheets() {
    SMB_TRY_ASSIGN(const auto names, find_site_files(request_->folder, {".css"}));
    for (const std::string& name : names) {
      const auto text = read_file(*ops_, request_->folder + "/" + name, kLargestText);
      if (text) {
        pages_.push_back(facts_of_style_sheet(*text, name));
      } else if (text.error().reason != ErrorWord("file_too_large")) {  // check_compliance() tells of that
        return fail(text.error());
      }
    }
    return {};
  }

  void add_imports(const std::vector<ScriptImport>& imports) {
    for (const ScriptImport& import : imports) {
      auto page = std::find_if(pages_.begin(), pages_.end(),
                               [&import](const PageFacts& each) { return each.path == import.file; });
      if (page == pages_.end()) {
        page = pages_.insert(pages_.end(), PageFacts{});
        page->path = import.file;
        page->is_page = false;
      }
      page->references.push_back(
          {SiteReference::Kind::kResource, import.specifier, import.line, import.column, import.characters});
    }
  }

  std::string own_domain() const {
    if (!request_->domain.empty()) {
      return request_->domain;
    }
    std::error_code error;
    std::string name = std::filesystem::canonical(request_->folder, error).filename().string();
    if (!error && name.find('.') != std::string::npos && parse_host(name, true) == name) {
      return name;
    }
    const auto first = std::find_if(pages_.begin(), pages_.end(),
                                    [](const PageFacts& page) { return page.path == "index.html" && page.canonical; });
    const auto canonical = first == pages_.end() ? std::nullopt : parse_url(*first->canonical);
    return canonical && canonical->is_http() ? *canonical->host : std::string();
  }

  Result<void> check_design() {
    const std::string path = request_->folder + "/" + config_->design_file;
    const auto design = read_design(*ops_, path);
    if (!design) {
      if (design.error().code != Errc::kNotFound && design.error().code != Errc::kMalformed) {
        return fail(design.error());
      }
      const bool is_absent = design.error().code == Errc::kNotFound;
      add("design", {about_file(is_absent ? "design-missing" : "design-front-matter", config_->design_file,
                                is_absent ? "the design is absent, so nothing can be compared with it"
                                          : design.error().message)});
      return {};
    }
    SMB_TRY_ASSIGN(std::vector<Finding> findings, check_compliance(request_->folder, *design, config_->design_file));
    add("design", std::move(findings));
    return {};
  }

  void add(const std::string& part, std::vector<Finding> findings) {
    findings = with_levels(std::move(findings), config_->rules);
    if (count_errors(findings) > 0) {
      result_.failed_parts.push_back(part);
    }
    for (Finding& finding : findings) {
      finding.file = request_->shown == "." ? finding.file : request_->shown + "/" + finding.file;
      result_.findings.push_back(std::move(finding));
    }
  }

  FileOps* ops_;
  const Config* config_;
  const VerifyRequest* request_;
  std::vector<PageFacts> pages_;
  std::vector<Finding> page_findings_;  // of the part html
  Verification result_;
};

}  // namespace

Result<std::vector<Verification>> verify_sites(FileOps& ops, const Config& config,
                                               const std::vector<VerifyRequest>& requests) {
  std::vector<ScriptTarget> targets;
  targets.reserve(requests.size());
  for (const VerifyRequest& request : requests) {
    targets.push_back({request.folder, "", true});
  }
  SMB_TRY_ASSIGN(CheckedScripts scripts, check_scripts(targets));
  std::vector<Verification> verifications;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    SMB_TRY_ASSIGN(Verification verification,
                   SiteVerification(ops, config, requests[i]).run(std::move(scripts.targets[i])));
    verifications.push_back(std::move(verification));
  }
  return verifications;
}

Result<Verification> verify_site(FileOps& ops, const Config& config, const VerifyRequest& request) {
  SMB_TRY_ASSIGN(std::vector<Verification> verifications, verify_sites(ops, config, {request}));
  return std::move(verifications.front());
}

}  // namespace smbatcher
