#include <algorithm>

#include "libregistry/core/base/text.h"
#include "libregistry/sites/html/page_rules.h"
#include "libregistry/sites/html/url_attributes.h"
#include "libregistry/sites/html/vocabulary.h"
#include "libregistry/sites/url/local_url.h"

namespace smbatcher {

const UrlAttribute* find_url_attribute(std::string_view element, std::string_view attribute) {
  const auto* const found = std::find_if(kUrlAttributes.begin(), kUrlAttributes.end(), [&](const UrlAttribute& each) {
    return each.attribute == attribute && (each.element == element || each.element == "*");
  });
  return found == kUrlAttributes.end() ? nullptr : found;
}

namespace {

/// An address that needs no page: `itemtype`, the value of `<input type=url>`.
bool must_be_absolute(std::string_view attribute) { return attribute == "itemtype" || attribute == "value"; }

void check_url(PageFindings& findings, const HtmlAttribute& attribute, std::string_view text, const Url& page) {
  const auto url = parse_url(text, must_be_absolute(attribute.name) ? nullptr : &page);
  const std::string subject = "'" + std::string(text.substr(0, 80)) + (text.size() > 80 ? "…" : "") + "' of '" +
                              std::string(attribute.name) + "'";
  if (!url) {
    findings.add("html-url", attribute.value_at,
                 subject + (must_be_absolute(attribute.name) && parse_url(text, &page)
                                ? " is not a whole address: it begins with a scheme such as https:"
                                : " cannot be read as an address"));
  } else if (!url->fault.empty() && url->scheme != "data") {
    findings.add("html-url", attribute.value_at, subject + " is written wrongly: " + std::string(url->fault));
  }
}

void check_attribute(PageFindings& findings, const HtmlElement& element, const HtmlAttribute& attribute,
                     const Url& page) {
  const HtmlAttribute* const type = element.is_html("input") ? element.find("type") : nullptr;
  if (type != nullptr && to_lower(type->value) == "url" && attribute.name == "value") {
    if (!attribute.value.empty()) {
      check_url(findings, attribute, attribute.value, page);
    }
    return;
  }
  const UrlAttribute* const known = find_url_attribute(element.name, attribute.name);
  if (known == nullptr || is_custom_element(element.name)) {
    return;
  }
  if (known->is_list) {
    for (const std::string_view word : words_in(attribute.value)) {
      check_url(findings, attribute, word, page);
    }
    return;
  }
  const std::size_t begin = std::min(attribute.value.find_first_not_of(kHtmlBlanks), attribute.value.size());
  const std::string_view text =
      attribute.value.substr(begin, attribute.value.find_last_not_of(kHtmlBlanks) + 1 - begin);
  if (begin == attribute.value.size()) {
    if (!known->may_be_empty || !attribute.value.empty()) {
      findings.add("html-url", attribute.value_at, "'" + std::string(attribute.name) + "' holds no address");
    }
    return;
  }
  check_url(findings, attribute, text, page);
}

}  // namespace

void find_urls(PageFindings& findings) {
  const Url page = page_url("");
  for (const HtmlElement& element : findings.page().elements()) {
    if (element.in_template || element.reconstructed || !element.written) {
      continue;
    }
    for (const HtmlAttribute& attribute : element.attributes) {
      check_attribute(findings, element, attribute, page);
    }
  }
}

}  // namespace smbatcher
