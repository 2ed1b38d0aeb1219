#include "libregistry/sites/css/site_names.h"

#include <algorithm>

#include "libregistry/core/base/ascii.h"

namespace smbatcher {
namespace {

template <class Use>
void each_word(std::string_view text, std::string_view separators, Use use) {
  for (std::size_t begin = text.find_first_not_of(separators); begin != std::string_view::npos;) {
    const std::size_t end = std::min(text.find_first_of(separators, begin), text.size());
    use(text.substr(begin, end - begin));
    begin = text.find_first_not_of(separators, end);
  }
}

bool is_word(char c) { return is_letter_or_digit(c) || c == '_' || c == '-' || static_cast<unsigned char>(c) >= 0x80; }

}  // namespace

void SiteNames::add_page(const HtmlPage& page) {
  for (const HtmlElement& element : page.elements()) {
    if (const HtmlAttribute* const classes = element.find("class"); classes != nullptr) {
      each_word(classes->value, " \t\n\f\r", [this](std::string_view name) { names_.emplace(name); });
    }
    if (const HtmlAttribute* const id = element.find("id"); id != nullptr) {
      names_.emplace(id->value);
    }
    if (element.name == "script") {
      add_script(page.text(element));
    }
    for (const HtmlAttribute& attribute : element.attributes) {
      if (attribute.name.starts_with("on")) {
        add_script(attribute.value);
      }
    }
  }
}

void SiteNames::add_script(std::string_view text) {
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = begin;
    while (end < text.size() && is_word(text[end])) {
      ++end;
    }
    if (end > begin) {
      words_.emplace(text.substr(begin, end - begin));
    }
    begin = end + 1;
  }
}

bool SiteNames::has_name(const std::string& name) const {
  if (names_.contains(name) || words_.contains(name)) {
    return true;
  }
  for (std::size_t dash = name.find('-'); dash != std::string::npos; dash = name.find('-', dash + 1)) {
    if (words_.contains(std::string_view(name).substr(0, dash + 1))) {
      return true;
    }
  }
  return false;
}

bool SiteNames::may_match(const CssRule& rule) const {
  return std::any_of(rule.selectors.begin(), rule.selectors.end(), [this](const std::vector<std::string>& names) {
    return std::all_of(names.begin(), names.end(), [this](const std::string& name) { return has_name(name); });
  });
}

}  // namespace smbatcher
