#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/base/result.h"
#include "libregistry/core/findings/finding.h"
#include "libregistry/sites/css/page_styles.h"
#include "libregistry/sites/css/site_names.h"
#include "libregistry/sites/css/style_values.h"
#include "libregistry/sites/css/variables.h"

namespace smbatcher {

/// A rule that uses a value: by its source and its number there; none for an attribute.
struct RuleUse {
  std::size_t source = 0;
  std::optional<std::size_t> rule;
};

/// A colour or a font, where it is written, and the rules that use it, by name or by a custom property.
struct SiteColour {
  std::optional<Colour> colour;
  std::string text;  // as it is written
  std::size_t source = 0;
  std::size_t begin = 0;
  std::vector<RuleUse> uses{};
};
struct SiteFont {
  FontUse use;
  bool is_loaded = false;  // by @font-face or a link: it is there to be used
  std::size_t source = 0;
  std::size_t begin = 0;
  std::vector<RuleUse> uses{};
};

/// The styles of a site: its pages and scripts are added one after the other, then what they use is asked for. Colours
/// and fonts count once for each place where they are written; what only printed pages have, and rules for what is on
/// no page, are left out. For use inside libregistry/css.
class SiteStyles {
 public:
  /// `folder` is the site's, absolute and without "." and "..".
  explicit SiteStyles(const std::string& folder);

  /// `shown` is relative to the folder. Errors: kIo when a style sheet cannot be read.
  Result<void> add_page(const std::string& shown, const HtmlPage& page, const PageStyles& styles);

  /// Any script of the site, also one that no page loads.
  void add_script(std::string_view text) { names_.add_script(text); }

  std::vector<SiteColour> colours() const;
  std::vector<SiteFont> fonts() const;
  /// Style sheets that are not there or broken, and custom properties that are set on no page where they are used.
  std::vector<Finding> findings() const;

  Finding finding_at(std::size_t source, std::size_t begin, std::string rule, std::string message) const;

 private:
  /// A text of style and where it stands.
  struct Source {
    std::string shown;
    std::shared_ptr<const std::string> bytes;  // of the file
    std::size_t begin = 0;                     // of the text, in the file
    bool exact = true;
    StyleSheet sheet;
  };
  using Place = std::pair<std::size_t, std::size_t>;  // source and offset in its text
  struct Missing {
    std::string name;
    std::string why;
    RuleUse use;
  };

  /// Whether one of the rules can apply to anything in the site.
  bool is_shown(const std::vector<RuleUse>& uses) const;
  void note_fallback_faces(const StyleSheet& sheet);

  /// The source that the file at `path` is, read once; nothing, and a finding, when it is not to be read.
  Result<std::optional<std::size_t>> sheet_at(const std::string& path, std::size_t from, std::size_t at);
  Result<void> add_linked(const std::string& path, std::size_t from, std::size_t at, std::vector<std::size_t>& sources);
  std::size_t add_source(Source source);
  void add_inline(const std::string& shown, const std::shared_ptr<const std::string>& bytes, const InlineStyle& style,
                  std::vector<std::size_t>& sources);
  void add_broken(const Source& from, std::size_t at, std::string message);
  void look_at(const CssDeclaration& declaration, std::size_t source, const VariableScope& scope);
  void use(const CssDeclaration& declaration, std::size_t source, const std::vector<CssToken>& value);
  std::string written(const CssToken& first, const CssToken& last) const;

  std::string root_;
  SiteNames names_;
  std::set<std::string> fallback_faces_;  // families of @font-face that only measure a font of the system
  std::vector<std::unique_ptr<Source>> sources_;
  std::map<std::string, std::size_t> sheets_;  // files, by path
  std::set<std::size_t> seen_;                 // sources whose plain declarations were looked at
  std::map<Place, SiteColour> colours_;
  std::map<Place, SiteFont> fonts_;
  std::map<Place, Missing> missing_;
  std::set<Place> set_;  // places of `var()` that some page gives a value
  std::vector<Finding> findings_;
  std::set<std::string> broken_;
};

}  // namespace smbatcher
