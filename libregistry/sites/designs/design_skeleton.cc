#include "libregistry/sites/designs/design_skeleton.h"

#include <array>
#include <string_view>
#include <utility>

#include "libregistry/core/base/text.h"
#include "libregistry/queue/records/batch_file.h"

namespace smbatcher {
namespace {

/// Text in YAML's double quotes, on one line.
std::string yaml_string(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : on_one_line(text)) {
    quoted += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  }
  return quoted + "\"";
}

/// A heading that shows exactly `text`.
std::string heading(std::string_view text) {
  constexpr std::string_view kMarkup = "\\`*_[]<>&#!|~";
  std::string escaped;
  for (const char c : on_one_line(trim(text))) {
    escaped += kMarkup.find(c) != std::string_view::npos ? std::string("\\") + c : std::string(1, c);
  }
  return "## " + escaped + "\n";
}

std::string_view what_belongs_under(std::string_view heading) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kHints{{
      {"concept", "what the site is about, for whom, and the one idea that carries it"},
      {"palette", "each colour with its use: background, text, accent; how they were chosen"},
      {"typography", "the fonts with their use, sizes and weights"},
      {"layout", "what stands where, on a wide and on a narrow screen"},
      {"components", "the parts that pages are made of: header, cards, buttons, forms"},
      {"content", "what is said on each page, in which order"},
  }};
  const std::string name = to_lower(trim(heading));
  for (const auto& [known, hint] : kHints) {
    if (known == name) {
      return hint;
    }
  }
  return "what this heading promises";
}

}  // namespace

std::string render_skeleton(const SiteNotes& notes, const std::string& batch,
                            const std::vector<std::string>& headings) {
  std::string text = "---\ndomain: " + yaml_string(notes.site.domain) + "\nbatch: " + yaml_string(batch) +
                     "\npalette: {}  # names and colours in quotes: {background: \"#f4ede4\", text: \"#2e2622\"}\n"
                     "fonts: []  # families: [Source Serif 4, sans-serif]\n"
                     "layout: \"\"  # in a few words: one column\n"
                     "theme: " +
                     yaml_string(notes.site.theme) + "\n---\n\n# " + notes.site.domain + "\n";
  for (const std::string& required : headings) {
    text += "\n" + heading(required) + "\n<!-- Write here: " + std::string(what_belongs_under(required)) + ". -->\n";
  }
  return text;
}

}  // namespace smbatcher
