#include "libregistry/sites/html/scan.h"

#include <algorithm>
#include <array>

#include "libregistry/core/base/ascii.h"
#include "libregistry/core/base/text.h"

namespace smbatcher {
namespace {

constexpr auto kTextElements = std::to_array<std::string_view>(
    {"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "plaintext"});

// Called for every character of every page, where a search in a list of five takes most of the time.
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r'; }
bool ends_name(char c) { return is_blank(c) || c == '/' || c == '>'; }

/// Reads on from `at` behind a tag's name to behind its '>'; quoted values may hold one. Counts attributes where a
/// blank, a slash or a quote ends what stands before.
void read_rest_of_tag(std::string_view html, std::size_t at, ScannedTag& tag) {
  bool before_value = false;
  bool begins = true;  // an attribute may, here
  for (; at < html.size() && html[at] != '>'; ++at) {
    const char c = html[at];
    const bool blank = is_blank(c);
    tag.self_closing = c == '/';
    if (before_value && (c == '"' || c == '\'')) {
      at = std::min(html.find(c, at + 1), html.size() - 1);
      before_value = false;
      begins = true;
      continue;
    }
    before_value = c == '=' || (before_value && blank);
    tag.attributes += begins && !blank && c != '/' ? 1U : 0U;
    begins = blank || c == '/';
  }
  tag.end = std::min(at + 1, html.size());
}

/// The end of a comment or of anything else that begins with "<!" or "<?".
std::size_t end_of_markup(std::string_view html, std::size_t at) {
  if (html.compare(at, 4, "<!--") != 0) {
    const std::size_t end = html.find('>', at);
    return end == std::string_view::npos ? html.size() : end + 1;
  }
  for (const std::string_view abrupt : {">", "->"}) {
    if (html.compare(at + 4, abrupt.size(), abrupt) == 0) {
      return at + 4 + abrupt.size();
    }
  }
  const std::size_t plain = html.find("-->", at + 4);
  const std::size_t bang = html.substr(0, plain).find("--!>", at + 4);
  if (bang != std::string_view::npos) {
    return bang + 4;
  }
  return plain == std::string_view::npos ? html.size() : plain + 3;
}

/// Where the end tag of the text element `name` begins.
std::size_t end_of_text(std::string_view html, std::size_t at, const std::string& name) {
  while ((at = html.find("</", at)) != std::string_view::npos) {
    const std::size_t behind = at + 2 + name.size();
    if (to_lower(html.substr(at + 2, name.size())) == name && (behind >= html.size() || ends_name(html[behind]))) {
      return at;
    }
    at += 2;
  }
  return html.size();
}

}  // namespace

void scan_tags(std::string_view html, const std::function<bool(const ScannedTag&)>& take) {
  std::size_t at = 0;
  while ((at = html.find('<', at)) != std::string_view::npos && at + 1 < html.size()) {
    const bool is_end = html[at + 1] == '/';
    const std::size_t name_at = at + (is_end ? 2 : 1);
    if (html[at + 1] == '!' || html[at + 1] == '?') {
      at = end_of_markup(html, at);
      continue;
    }
    if (name_at >= html.size() || !is_letter(html[name_at])) {
      ++at;
      continue;
    }
    std::size_t name_end = name_at;
    while (name_end < html.size() && !ends_name(html[name_end])) {
      ++name_end;
    }
    ScannedTag tag{to_lower(html.substr(name_at, name_end - name_at)), at, 0, is_end, false, 0};
    read_rest_of_tag(html, name_end, tag);
    at = tag.end;
    if (!take(tag)) {
      return;
    }
    if (!is_end && std::find(kTextElements.begin(), kTextElements.end(), tag.name) != kTextElements.end()) {
      at = end_of_text(html, at, tag.name);
    }
  }
}

}  // namespace smbatcher
