#include "libregistry/sites/css/site_styles.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "libregistry/core/base/text.h"
#include "libregistry/core/fs/snapshot.h"
#include "libregistry/sites/scripts/places.h"

namespace smbatcher {
namespace {

constexpr std::size_t kMaxSheet = std::size_t{4} << 20U;
constexpr std::size_t kMaxRounds = 32;

/// Whether a regular file is at `path`, and inside of `root` when all links are followed.
bool is_inside(const std::string& root, const std::string& path) {
  std::error_code error;
  const std::filesystem::path real_root = std::filesystem::canonical(root, error);
  const std::filesystem::path real = std::filesystem::canonical(path, error);
  return !error && std::filesystem::is_regular_file(real, error) &&
         real.string().starts_with(real_root == "/" ? "/" : real_root.string() + "/");
}

}  // namespace

SiteStyles::SiteStyles(const std::string& folder) : root_(folder.ends_with('/') ? folder : folder + "/") {}

std::size_t SiteStyles::add_source(Source source) {
  const std::size_t index = sources_.size();
  sources_.push_back(std::make_unique<Source>(std::move(source)));
  return index;
}

Finding SiteStyles::finding_at(std::size_t source, std::size_t begin, std::string rule, std::string message) const {
  const Source& from = *sources_[source];
  const TextPlace place = place_of(*from.bytes, from.begin + (from.exact ? begin : 0));
  const Severity severity = default_severity(rule);
  return {from.shown, place.line, place.column, std::move(rule), severity, std::move(message), 0, place.characters};
}

void SiteStyles::add_broken(const Source& from, std::size_t at, std::string message) {
  const TextPlace place = place_of(*from.bytes, at);
  Finding finding{from.shown,
                  place.line,
                  place.column,
                  "compliance-style-sheet",
                  default_severity("compliance-style-sheet"),
                  std::move(message),
                  0,
                  place.characters};
  if (broken_.insert(finding.file + ":" + std::to_string(at)).second) {
    findings_.push_back(std::move(finding));
  }
}

Result<std::optional<std::size_t>> SiteStyles::sheet_at(const std::string& path, std::size_t from, std::size_t at) {
  if (const auto known = sheets_.find(path); known != sheets_.end()) {
    return known->second;
  }
  const Source& parent = *sources_[from];
  const bool is_below = path.starts_with(root_);
  const std::string shown = path.substr(is_below ? root_.size() : 0);
  if (!is_below || !is_inside(root_, path)) {
    add_broken(parent, at,
               "the style sheet '" + shown + "' is not in the site: its colours and fonts were not checked");
    return std::nullopt;
  }
  auto bytes = read_file(system_file_ops(), path, kMaxSheet);
  if (!bytes) {
    if (bytes.error().reason != ErrorWord("file_too_large")) {
      return fail(std::move(bytes).error());
    }
    add_broken(parent, at, "the style sheet '" + shown + "' is larger than 4 MiB: not checked");
    return std::nullopt;
  }
  const auto text = std::make_shared<const std::string>(std::move(*bytes));
  const std::size_t begin = text->starts_with("\xEF\xBB\xBF") ? 3 : 0;
  StyleSheet sheet = parse_style_sheet(std::string_view(*text).substr(begin), sources_.size());
  const std::size_t index = add_source({shown, text, begin, true, std::move(sheet)});
  sheets_.emplace(path, index);
  if (const std::size_t bad = find_invalid_utf8(*text); bad != std::string_view::npos) {
    findings_.push_back(
        finding_at(index, bad - std::min(bad, begin), "compliance-css-syntax", "not UTF-8: save the file as UTF-8"));
  }
  return index;
}

Result<void> SiteStyles::add_linked(const std::string& path, std::size_t from, std::size_t at,
                                    std::vector<std::size_t>& sources) {
  struct Next {
    std::string path;
    std::size_t from;
    std::size_t at;
  };
  std::vector<Next> open{{path, from, at}};
  while (!open.empty()) {
    const Next next = std::move(open.back());
    open.pop_back();
    SMB_TRY_ASSIGN(const std::optional<std::size_t> index, sheet_at(next.path, next.from, next.at));
    // What imports itself, or is linked twice, counts once.
    if (!index || std::find(sources.begin(), sources.end(), *index) != sources.end()) {
      continue;
    }
    sources.push_back(*index);
    for (const CssImport& import : sources_[*index]->sheet.imports) {
      if (const auto target = local_path(base_of(root_, next.path), import.url)) {
        open.push_back({*target, *index, sources_[*index]->begin + import.begin});
      }
    }
  }
  return {};
}

void SiteStyles::add_inline(const std::string& shown, const std::shared_ptr<const std::string>& bytes,
                            const InlineStyle& style, std::vector<std::size_t>& sources) {
  const std::size_t index = sources_.size();
  StyleSheet sheet;
  if (!style.property.empty()) {
    CssDeclaration declaration;
    declaration.property = style.property;
    declaration.value = tokenize_css(style.text);
    for (CssToken& token : declaration.value) {
      token.source = index;
    }
    sheet.declarations.push_back(std::move(declaration));
  } else {
    sheet = style.is_attribute ? parse_style_attribute(style.text, index) : parse_style_sheet(style.text, index);
  }
  sources.push_back(add_source({shown, bytes, style.begin, style.exact, std::move(sheet)}));
}

Result<void> SiteStyles::add_page(const std::string& shown, const HtmlPage& page, const PageStyles& styles) {
  const auto bytes = std::make_shared<const std::string>(page.bytes());
  const std::size_t self = add_source({shown, bytes, 0, true, {}});
  std::vector<std::size_t> sources;
  for (const LinkedSheet& link : styles.links) {
    std::size_t number = 0;
    for (std::string& family : font_families_of(styles.base, link.href)) {
      const FontUse font{std::move(family), true, false, {}};
      fonts_.try_emplace({self, link.begin + number++}, SiteFont{font, true, self, link.begin, {{self, std::nullopt}}});
    }
    if (const auto path = local_path(styles.base, link.href)) {
      SMB_TRY(add_linked(*path, self, link.begin, sources));
    }
  }
  for (const InlineStyle& style : styles.styles) {
    const std::size_t first = sources.size();
    add_inline(shown, bytes, style, sources);
    const std::vector<CssImport> imports = sources_[sources[first]]->sheet.imports;
    for (const CssImport& import : imports) {
      if (const auto path = local_path(styles.base, import.url)) {
        SMB_TRY(add_linked(*path, self, style.begin + (style.exact ? import.begin : 0), sources));
      }
    }
  }
  names_.add_page(page);
  VariableScope scope;
  for (const std::size_t source : sources) {
    scope.add(sources_[source]->sheet);
  }
  for (const std::size_t source : sources) {
    const bool is_new = seen_.insert(source).second;
    if (is_new) {
      note_fallback_faces(sources_[source]->sheet);
    }
    for (const CssDeclaration& declaration : sources_[source]->sheet.declarations) {
      if (declaration.property.starts_with("--") || declaration.for_print) {
        continue;
      }
      if (uses_variables(declaration.value)) {
        look_at(declaration, source, scope);
      } else if (is_new) {
        use(declaration, source, declaration.value);
      }
    }
  }
  return {};
}

void SiteStyles::look_at(const CssDeclaration& declaration, std::size_t source, const VariableScope& scope) {
  std::map<Place, Missing> missing;
  std::size_t choices = 1;
  for (std::size_t round = 0; round < std::min(choices, kMaxRounds); ++round) {
    const ExpandedValue value = scope.expand(declaration.value, round);
    choices = std::max(choices, value.choices);
    for (const ExpandedValue::Missing& each : value.missing) {
      missing.insert({{each.at.source, each.at.begin}, {each.name, each.why, {source, declaration.rule}}});
    }
    use(declaration, source, value.tokens);
  }
  missing_.insert(missing.begin(), missing.end());
  // A style sheet of several pages may be meant for others: missing is what no page sets.
  for (const CssToken& token : declaration.value) {
    if (token.is(CssToken::Kind::kFunction) && !missing.contains({token.source, token.begin})) {
      set_.insert({token.source, token.begin});
    }
  }
}

void SiteStyles::use(const CssDeclaration& declaration, std::size_t source, const std::vector<CssToken>& value) {
  const std::string_view property = declaration.property;
  for (const ColourUse& colour : colours_in(property == "theme-color" ? "color" : property, value)) {
    const Place place{colour.first.source, colour.first.begin};
    auto at = colours_.find(place);
    if (at == colours_.end()) {
      at = colours_.insert({place, {colour.colour, written(colour.first, colour.last), place.first, place.second, {}}})
               .first;
    }
    at->second.uses.push_back({source, declaration.rule});
  }
  for (FontUse& font : fonts_in(property, value)) {
    const Place place{font.at.source, font.at.begin};
    const bool is_loaded = declaration.block == "font-face";
    const auto at = fonts_.try_emplace(place, SiteFont{font, is_loaded, place.first, place.second, {}}).first;
    at->second.use.is_first = at->second.use.is_first || font.is_first;
    at->second.uses.push_back({source, declaration.rule});
  }
}

bool SiteStyles::is_shown(const std::vector<RuleUse>& uses) const {
  return std::any_of(uses.begin(), uses.end(), [this](const RuleUse& use) {
    std::optional<std::size_t> rule = use.rule;
    while (rule) {
      const CssRule& each = sources_[use.source]->sheet.rules[*rule];
      if (!names_.may_match(each)) {
        return false;
      }
      rule = each.parent;
    }
    return true;
  });
}

/// `@font-face { font-family: "Inter Fallback"; src: local(Arial); size-adjust: 107% }` gives a font of the system
/// other measures, so that nothing moves when the design's own has come.
void SiteStyles::note_fallback_faces(const StyleSheet& sheet) {
  struct Face {
    std::string family;
    bool is_measured = false;
    bool is_local = false;
  };
  std::map<std::size_t, Face> faces;
  for (const CssDeclaration& declaration : sheet.declarations) {
    if (declaration.block != "font-face") {
      continue;
    }
    Face& face = faces[declaration.block_number];
    const auto& value = declaration.value;
    if (declaration.property == "font-family" && !value.empty()) {
      face.family = value.front().text;
    } else if (declaration.property == "src") {
      face.is_local = std::none_of(value.begin(), value.end(), [](const CssToken& token) {
        return token.is(CssToken::Kind::kUrl) || (token.is(CssToken::Kind::kFunction) && to_lower(token.text) == "url");
      });
    } else if (declaration.property == "size-adjust" || declaration.property.ends_with("-override")) {
      face.is_measured = true;
    }
  }
  for (const auto& [number, face] : faces) {
    if (face.is_local && face.is_measured) {
      fallback_faces_.insert(to_lower(face.family));
    }
  }
}

std::string SiteStyles::written(const CssToken& first, const CssToken& last) const {
  if (first.source != last.source || last.end < first.begin || last.end - first.begin > 80) {
    return first.text + "(…)";
  }
  const Source& source = *sources_[first.source];
  if (!source.exact) {
    return first.is(CssToken::Kind::kHash) ? "#" + first.text : first.text;
  }
  return source.bytes->substr(source.begin + first.begin, last.end - first.begin);
}

std::vector<SiteColour> SiteStyles::colours() const {
  std::vector<SiteColour> colours;
  for (const auto& [place, colour] : colours_) {
    if (is_shown(colour.uses)) {
      colours.push_back(colour);
    }
  }
  return colours;
}

std::vector<SiteFont> SiteStyles::fonts() const {
  std::vector<SiteFont> fonts;
  for (const auto& [place, font] : fonts_) {
    if (is_shown(font.uses) && !fallback_faces_.contains(to_lower(font.use.family))) {
      fonts.push_back(font);
    }
  }
  return fonts;
}

std::vector<Finding> SiteStyles::findings() const {
  std::vector<Finding> findings = findings_;
  for (const auto& [place, missing] : missing_) {
    if (!set_.contains(place) && !names_.may_set(missing.name) && is_shown({missing.use})) {
      findings.push_back(
          finding_at(place.first, place.second, "compliance-variable", missing.name + " " + missing.why));
    }
  }
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    for (const CssFault& fault : sources_[i]->sheet.faults) {
      findings.push_back(finding_at(i, fault.begin, "compliance-css-syntax", fault.message));
    }
  }
  return findings;
}

}  // namespace smbatcher
