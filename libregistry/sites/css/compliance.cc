#include "libregistry/sites/css/compliance.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <set>
#include <utility>

#include "libregistry/core/base/text.h"
#include "libregistry/core/fs/snapshot.h"
#include "libregistry/sites/css/check_design.h"
#include "libregistry/sites/css/design_values.h"
#include "libregistry/sites/css/site_styles.h"
#include "libregistry/sites/html/depth.h"
#include "libregistry/sites/scripts/site_files.h"

namespace smbatcher {
namespace {

constexpr std::size_t kMaxPage = std::size_t{2} << 20U;
constexpr std::size_t kMaxScript = std::size_t{8} << 20U;
constexpr std::size_t kDeepestPage = 512;

std::string three_digits(double value) {
  std::array<char, 32> text{};
  (void)std::snprintf(text.data(), text.size(), "%.3f", value);
  return text.data();
}

/// "#f00 (#ff0000)" where it is not written as six digits.
std::string shown_colour(const std::string& text, const Colour& colour) {
  const std::string hex = hex_of(colour);
  return to_lower(text) == hex ? hex : text + " (" + hex + ")";
}

bool same_family(std::string_view a, std::string_view b) { return slug_of(a) == slug_of(b); }

class ComplianceCheck {
 public:
  ComplianceCheck(std::string folder, const DesignDocument& design, std::string design_file)
      : folder_(std::move(folder)), design_(design), design_file_(std::move(design_file)), styles_(folder_) {}

  Result<std::vector<Finding>> run(const std::vector<std::string>& pages, const std::vector<std::string>& scripts) && {
    for (const std::string& page : pages) {
      SMB_TRY(read(page));
    }
    for (const std::string& script : scripts) {
      const auto text = read_file(system_file_ops(), folder_ + "/" + script, kMaxScript);
      if (text) {
        styles_.add_script(*text);
      } else if (text.error().reason != ErrorWord("file_too_large")) {
        return fail(text.error());
      }
    }
    if (pages.empty()) {
      add("", 0, "compliance-no-page", "the site has no page: an .html file");
      return std::move(findings_);
    }
    compare_colours();
    compare_fonts();
    look_for_sections();
    for (Finding& finding : styles_.findings()) {
      findings_.push_back(std::move(finding));
    }
    return std::move(findings_);
  }

 private:
  void add(const std::string& file, std::size_t line, std::string rule, std::string message) {
    const Severity severity = default_severity(rule);
    findings_.push_back(
        {file.empty() ? std::string(".") : file, line, 0, std::move(rule), severity, std::move(message), 0, 0});
  }

  Result<void> read(const std::string& name) {
    auto bytes = read_file(system_file_ops(), folder_ + "/" + name, kMaxPage);
    if (!bytes && bytes.error().reason == ErrorWord("file_too_large")) {
      add(name, 0, "compliance-no-page", "larger than 2 MiB: the page was not checked");
      return {};
    }
    if (!bytes) {
      return fail(std::move(bytes).error());
    }
    if (measure_depth(*bytes, kDeepestPage).levels > kDeepestPage) {
      add(name, 0, "compliance-no-page", "elements are nested too deeply: the page was not checked");
      return {};
    }
    const HtmlPage page(std::move(*bytes));
    const PageStyles styles = styles_of(page, folder_ + "/", folder_ + "/" + name);
    if (!styles.has_title) {
      add(name, 0, "compliance-title", "the page has no title: write <title>…</title> in its head");
    }
    if (!styles.has_description) {
      add(name, 0, "compliance-description",
          R"(the page has no description: write <meta name="description" content="…"> in its head)");
    }
    slugs_.insert(styles.slugs.begin(), styles.slugs.end());
    return styles_.add_page(name, page, styles);
  }

  void compare_colours() {
    std::vector<DesignColour> palette = palette_of(design_);
    std::erase_if(palette, [](const DesignColour& colour) { return !colour.colour; });
    if (palette.empty()) {
      return;
    }
    std::vector<bool> used(palette.size(), false);
    for (const SiteColour& colour : styles_.colours()) {
      if (!colour.colour) {
        findings_.push_back(styles_.finding_at(colour.source, colour.begin, "compliance-colour-unknown",
                                               colour.text + " cannot be compared with the palette"));
        continue;
      }
      compare(colour, palette, used);
    }
    for (std::size_t i = 0; i < palette.size(); ++i) {
      if (!used[i]) {
        add(design_file_, palette[i].line, "compliance-colour-unused",
            describe(palette[i]) + " of the palette is used nowhere");
      }
    }
  }

  void compare(const SiteColour& colour, const std::vector<DesignColour>& palette, std::vector<bool>& used) {
    std::size_t nearest = 0;
    for (std::size_t i = 0; i < palette.size(); ++i) {
      const double apart = distance(*colour.colour, *palette[i].colour);
      used[i] = used[i] || apart <= kColourTolerance;
      nearest = apart < distance(*colour.colour, *palette[nearest].colour) ? i : nearest;
    }
    const double apart = distance(*colour.colour, *palette[nearest].colour);
    if (apart > kColourTolerance) {
      findings_.push_back(styles_.finding_at(colour.source, colour.begin, "compliance-colour",
                                             shown_colour(colour.text, *colour.colour) +
                                                 " is not in the palette; nearest is " + describe(palette[nearest]) +
                                                 ", " + three_digits(apart) + " away in OKLab (at most 0.02)"));
    }
  }

  void compare_fonts() {
    const std::vector<DesignFont> fonts = fonts_of(design_);
    if (fonts.empty()) {
      return;
    }
    std::vector<std::string> families;
    families.reserve(fonts.size());
    for (const DesignFont& font : fonts) {
      families.push_back(font.family);
    }
    std::vector<bool> used(fonts.size(), false);
    for (const SiteFont& font : styles_.fonts()) {
      bool is_known = font.use.is_generic;
      for (std::size_t i = 0; i < fonts.size(); ++i) {
        const bool same = same_family(fonts[i].family, font.use.family);
        used[i] = used[i] || (same && !font.is_loaded);
        is_known = is_known || same;
      }
      if (!is_known) {
        findings_.push_back(styles_.finding_at(
            font.source, font.begin, font.use.is_first ? "compliance-font" : "compliance-font-fallback",
            "the font '" + font.use.family + "' is not in the design, which has " + join(families, ", ")));
      }
    }
    for (std::size_t i = 0; i < fonts.size(); ++i) {
      if (!used[i] && (!fonts[i].is_generic || fonts[i].stands_alone)) {
        add(design_file_, fonts[i].line, "compliance-font-unused",
            "the font '" + fonts[i].family + "' of the design is used nowhere");
      }
    }
  }

  void look_for_sections() {
    for (const DesignSection& section : sections_of(design_)) {
      const std::string slug = "-" + slug_of(section.name) + "-";
      const bool found = std::any_of(slugs_.begin(), slugs_.end(), [&slug](const std::string& other) {
        return ("-" + other + "-").find(slug) != std::string::npos;
      });
      if (!found) {
        add(design_file_, section.line, "compliance-section",
            "no page has a heading or an id for the section '" + section.name + "'");
      }
    }
  }

  std::string folder_;
  const DesignDocument& design_;
  std::string design_file_;
  SiteStyles styles_;
  std::set<std::string> slugs_;
  std::vector<Finding> findings_;
};

}  // namespace

Result<std::vector<Finding>> check_compliance(const std::string& site_folder, const DesignDocument& design,
                                              const std::string& design_file) {
  SMB_TRY_ASSIGN(const std::vector<std::string> pages, find_site_files(site_folder, {".html", ".htm"}));
  SMB_TRY_ASSIGN(const std::vector<std::string> scripts, find_site_files(site_folder, {".js", ".mjs"}));
  std::string folder = std::filesystem::absolute(site_folder).lexically_normal().string();
  while (folder.size() > 1 && folder.ends_with('/')) {
    folder.pop_back();
  }
  return ComplianceCheck(std::move(folder), design, design_file).run(pages, scripts);
}

Result<std::vector<Finding>> check_compliance_at(FileOps& ops, const std::string& site_folder,
                                                 const std::string& design_file) {
  const auto design = read_design(ops, site_folder + "/" + design_file);
  return design ? check_compliance(site_folder, *design, design_file) : unread_design(design.error(), design_file);
}

}  // namespace smbatcher
