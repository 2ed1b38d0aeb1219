#include "libregistry/sites/css/check_design.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <set>
#include <string_view>
#include <utility>

#include "libregistry/core/base/text.h"
#include "libregistry/sites/css/design_values.h"

namespace smbatcher {
namespace {

enum class Use { kText, kBackground, kOther };

/// How the name of a text begins that is written on the colour that the rest names.
constexpr std::string_view kOn = "on-";

/// What a name of the palette says that its colour is for: by its words, "text-muted", "Page background".
/// Source: docs/checks.md, "Contrast".
Use use_of(std::string_view name) {
  constexpr std::array<std::string_view, 6> kText{"text", "ink", "foreground", "fg", "copy", "body"};
  constexpr std::array<std::string_view, 7> kBackground{"background", "bg",   "paper", "surface",
                                                        "canvas",     "page", "base"};
  const std::string words = "-" + slug_of(name) + "-";
  const auto has = [&words](const auto& list) {
    return std::any_of(list.begin(), list.end(), [&words](std::string_view word) {
      return words.find("-" + std::string(word) + "-") != std::string::npos;
    });
  };
  if (has(kBackground)) {  // "body background" is one
    return Use::kBackground;
  }
  return has(kText) ? Use::kText : Use::kOther;
}

/// "4.48", never rounded up to what would have been enough.
std::string ratio_text(double ratio) {
  std::array<char, 32> text{};
  (void)std::snprintf(text.data(), text.size(), "%.2f", static_cast<double>(static_cast<long>(ratio * 100)) / 100);
  return text.data();
}

/// Whether anything but blanks and comments stands in this Markdown.
bool has_text(std::string_view text) {
  while (true) {
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) {
      return false;
    }
    text.remove_prefix(begin);
    if (!text.starts_with("<!--")) {
      return true;
    }
    const std::size_t end = text.find("-->", 4);
    if (end == std::string_view::npos) {
      return false;
    }
    text.remove_prefix(end + 3);
  }
}

class ValueCheck {
 public:
  ValueCheck(const DesignDocument& design, std::string shown) : design_(design), shown_(std::move(shown)) {}

  std::vector<Finding> run(const std::vector<std::string>& required_headings) && {
    check_headings(required_headings);
    check_palette();
    check_fonts();
    return std::move(findings_);
  }

 private:
  void add(std::string rule, std::size_t line, std::string message) {
    const Severity severity = default_severity(rule);
    findings_.push_back({shown_, line, 0, std::move(rule), severity, std::move(message), 0, 0});
  }

  void check_headings(const std::vector<std::string>& required) {
    for (const std::string& heading : required) {
      const std::vector<DocumentSection> sections = design_.section(heading);
      if (sections.empty()) {
        add("design-heading", 0, "the heading '" + heading + "' is missing");
      } else if (sections.size() == 1 && !has_text(sections.front().text)) {
        add("design-empty-section", sections.front().line, "nothing stands below '" + heading + "'");
      }
    }
  }

  void check_palette() {
    const std::vector<DesignColour> palette = palette_of(design_);
    if (palette.empty()) {
      add("design-palette", 1, R"(no palette is given: write palette: {background: "#f4ede4", text: "#2e2622"})");
      return;
    }
    for (const DesignColour& colour : palette) {
      if (!colour.colour) {
        add("design-colour", colour.line,
            "'" + colour.text + "' is not a colour that can be compared: write it as \"#a4502f\"");
      }
    }
    check_contrast(palette);
  }

  /// Each text needs one background to be read on, and each background one text: a palette may have a light and a dark
  /// pair. "on-dark" is text on "dark", or on what is a kind of it: "surface-dark".
  void check_contrast(const std::vector<DesignColour>& palette) {
    std::vector<const DesignColour*> texts;
    std::vector<const DesignColour*> backgrounds;
    std::set<const DesignColour*> paired;
    for (const DesignColour& colour : palette) {
      const std::vector<const DesignColour*> below = backgrounds_of(colour, palette);
      if (!below.empty()) {
        check_partners({&colour}, below, "on");
        paired.insert(below.begin(), below.end());
        paired.insert(&colour);
      }
    }
    std::vector<const DesignColour*> unpaired;  // backgrounds whose text no name tells
    for (const DesignColour& colour : palette) {
      const Use use = colour.colour ? use_of(colour.name) : Use::kOther;
      const bool is_paired = paired.contains(&colour);
      if (use == Use::kText && !is_paired) {
        texts.push_back(&colour);
      } else if (use == Use::kBackground && !slug_of(colour.name).starts_with(kOn)) {
        backgrounds.push_back(&colour);
        if (!is_paired) {
          unpaired.push_back(&colour);
        }
      }
    }
    if (paired.empty() && (texts.empty() || backgrounds.empty())) {
      add("design-contrast-unknown", palette.front().line,
          std::string("no colour is named ") + (texts.empty() ? "'text'" : "'background'") +
              ": contrast cannot be told");
      return;
    }
    if (!backgrounds.empty()) {
      check_partners(texts, backgrounds, "on");
    }
    if (!texts.empty()) {
      check_partners(unpaired, texts, "below");
    }
  }

  /// The colours that one named "on-…" is written on; none for another name.
  static std::vector<const DesignColour*> backgrounds_of(const DesignColour& text,
                                                         const std::vector<DesignColour>& palette) {
    const std::string name = slug_of(text.name);
    if (!text.colour || !name.starts_with(kOn)) {
      return {};
    }
    const std::string wanted = name.substr(kOn.size());
    std::vector<const DesignColour*> same;
    std::vector<const DesignColour*> kinds;
    for (const DesignColour& colour : palette) {
      const std::string other = slug_of(colour.name);
      if (colour.colour && other == wanted) {
        same.push_back(&colour);
      } else if (colour.colour && !other.starts_with(kOn) && other.ends_with("-" + wanted)) {
        kinds.push_back(&colour);
      }
    }
    return same.empty() ? kinds : same;
  }

  void check_partners(const std::vector<const DesignColour*>& colours, const std::vector<const DesignColour*>& partners,
                      std::string_view where) {
    for (const DesignColour* const colour : colours) {
      const DesignColour* best = nullptr;
      double ratio = 0;
      for (const DesignColour* const partner : partners) {
        const double contrast = contrast_ratio(*colour->colour, *partner->colour);
        if (contrast > ratio) {
          ratio = contrast;
          best = partner;
        }
      }
      if (ratio < kLeastContrast && reported_.insert(std::minmax(colour, best)).second) {
        add("design-contrast", colour->line,
            describe(*colour) + " " + std::string(where) + " " + describe(*best) + " has a contrast of " +
                ratio_text(ratio) + ":1; text needs 4.5:1");
      }
    }
  }

  void check_fonts() {
    if (fonts_of(design_).empty()) {
      add("design-fonts", 1, "no fonts are given: write fonts: [Source Serif 4, serif]");
    }
  }

  const DesignDocument& design_;
  std::string shown_;
  std::vector<Finding> findings_;
  std::set<std::pair<const DesignColour*, const DesignColour*>> reported_;
};

/// The line of "path:line".
std::size_t line_in(const std::string& where) {
  const std::size_t colon = where.rfind(':');
  std::size_t line = 0;
  if (colon != std::string::npos) {
    std::from_chars(where.data() + colon + 1, where.data() + where.size(), line);
  }
  return line;
}

}  // namespace

Result<std::vector<Finding>> check_design(FileOps& ops, const std::string& path, const std::string& shown,
                                          const std::vector<std::string>& required_headings) {
  const auto design = read_design(ops, path);
  if (design) {
    return ValueCheck(*design, shown).run(required_headings);
  }
  return unread_design(design.error(), shown);
}

Result<std::vector<Finding>> unread_design(const Error& error, const std::string& shown) {
  const bool is_absent = error.reason == ErrorWord("design_not_found");
  if (!is_absent && error.code != Errc::kMalformed) {
    return fail(error);
  }
  const std::string rule = is_absent ? "design-missing" : "design-front-matter";
  return std::vector<Finding>{{shown, is_absent ? 0 : line_in(error.where), 0, rule, default_severity(rule),
                               is_absent ? "no design document is here" : error.message, 0, 0}};
}

}  // namespace smbatcher
