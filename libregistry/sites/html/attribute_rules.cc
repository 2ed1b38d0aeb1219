#include <algorithm>
#include <set>

#include "libregistry/core/base/text.h"
#include "libregistry/sites/html/page_rules.h"
#include "libregistry/sites/html/vocabulary.h"

namespace smbatcher {
namespace {

bool is_number(std::string_view text, bool may_be_negative) {
  if (may_be_negative && text.starts_with('-')) {
    text.remove_prefix(1);
  }
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_whole_number(std::string_view element, std::string_view attribute) {
  if (attribute == "width" || attribute == "height") {
    return element == "img" || element == "canvas" || element == "iframe" || element == "video" ||
           element == "source" || element == "input" || element == "embed" || element == "object";
  }
  return attribute == "colspan" || attribute == "rowspan" || attribute == "rows" || attribute == "cols" ||
         attribute == "maxlength" || attribute == "minlength" || (attribute == "span" && element != "span");
}

void find_name(PageFindings& findings, const HtmlElement& element, const HtmlAttribute& attribute) {
  const std::string name(attribute.name);
  switch (knows_attribute(element.name, name)) {
    case AttributeKnown::kYes:
      return;
    case AttributeKnown::kObsolete:
      findings.add("html-unknown-attribute", attribute.name_at,
                   "the attribute '" + name + "' of <" + element.name +
                       "> is obsolete: " + std::string(instead_of_attribute(element.name, name)));
      return;
    case AttributeKnown::kNo:
      findings.add("html-unknown-attribute", attribute.name_at,
                   "<" + element.name + "> has no attribute " + quoted(name) + "; one of your own begins with data-");
  }
}

void find_value(PageFindings& findings, const HtmlElement& element, const HtmlAttribute& attribute) {
  const std::string lower = to_lower(attribute.value);
  const std::string of = "of '" + std::string(attribute.name) + "'";
  const std::vector<std::string_view> values = values_of(element.name, attribute.name);
  if (!values.empty()) {
    const bool is_one = std::any_of(values.begin(), values.end(),
                                    [&](std::string_view value) { return value == lower || value == attribute.value; });
    if (!is_one) {
      std::vector<std::string> names;
      names.reserve(values.size());
      for (const std::string_view value : values) {
        names.emplace_back(value.empty() ? "nothing" : value);
      }
      findings.add("html-attribute-value", attribute.value_at,
                   quoted(attribute.value) + " is not a value " + of + "; it can be " + join(names, ", "));
    }
  } else if (is_boolean_attribute(attribute.name) && !lower.empty() && lower != attribute.name) {
    findings.add("html-attribute-value", attribute.value_at,
                 "'" + std::string(attribute.name) +
                     "' is on wherever it stands, whatever its value: leave the value " + "out, or the attribute");
  } else if ((is_whole_number(element.name, attribute.name) && !is_number(attribute.value, false)) ||
             (attribute.name == "tabindex" && !is_number(attribute.value, true))) {
    findings.add("html-attribute-value", attribute.value_at,
                 quoted(attribute.value) + " " + of + " is not a whole number");
  }
}

void find_role(PageFindings& findings, const HtmlAttribute& attribute) {
  for (const std::string_view word : words_in(attribute.value)) {
    if (!is_role(to_lower(word))) {
      findings.add("html-aria-role", attribute.value_at, "ARIA has no role " + quoted(word));
    }
  }
}

/// The figures that say in a caption what they show.
std::set<const HtmlElement*> captioned_figures(const HtmlPage& page) {
  std::set<const HtmlElement*> figures;
  for (const HtmlElement& element : page.elements()) {
    const HtmlElement* above = element.is_html("figcaption") ? page.parent_of(element) : nullptr;
    while (above != nullptr && !above->is_html("figure")) {
      above = page.parent_of(*above);
    }
    figures.insert(above);
  }
  figures.erase(nullptr);
  return figures;
}

bool stands_in_one_of(const std::set<const HtmlElement*>& figures, const HtmlPage& page, const HtmlElement& image) {
  const HtmlElement* above = figures.empty() ? nullptr : page.parent_of(image);
  while (above != nullptr && !figures.contains(above)) {
    above = page.parent_of(*above);
  }
  return above != nullptr;
}

void find_alt(PageFindings& findings, const HtmlElement& element, const std::set<const HtmlElement*>& figures) {
  const HtmlAttribute* const type = element.find("type");
  const bool is_button = element.is_html("input") && type != nullptr && to_lower(type->value) == "image";
  const bool is_area = element.is_html("area") && element.find("href") != nullptr;
  if ((!element.is_html("img") && !is_button && !is_area) || element.find("alt") != nullptr) {
    return;
  }
  if (element.is_html("img") && stands_in_one_of(figures, findings.page(), element)) {
    return;
  }
  findings.add("html-img-alt", element.begin,
               "<" + element.name + "> has no alt: say what it shows, or write alt=\"\" where it only decorates");
}

}  // namespace

void find_attributes(PageFindings& findings) {
  const std::set<const HtmlElement*> figures = captioned_figures(findings.page());
  for (const HtmlElement& element : findings.page().elements()) {
    if (element.space != HtmlElement::Space::kHtml || element.reconstructed) {
      continue;
    }
    if (element.written) {
      find_alt(findings, element, figures);
    }
    for (const HtmlAttribute& attribute : element.attributes) {
      find_name(findings, element, attribute);
      find_value(findings, element, attribute);
      if (attribute.name == "role") {
        find_role(findings, attribute);
      }
    }
  }
}

}  // namespace smbatcher
