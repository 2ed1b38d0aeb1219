#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "libregistry/sites/html/page_rules.h"
#include "libregistry/sites/html/vocabulary.h"

namespace smbatcher {
namespace {

/// Attributes whose words are ids of the same page.
constexpr auto kIdReferences =
    std::to_array<std::string_view>({"aria-activedescendant", "aria-controls", "aria-describedby", "aria-details",
                                     "aria-errormessage", "aria-flowto", "aria-labelledby", "aria-owns"});
constexpr auto kPlain =
    std::to_array<std::string_view>({"commandfor", "form", "headers", "itemref", "list", "popovertarget"});

constexpr auto kLabelable =
    std::to_array<std::string_view>({"button", "input", "meter", "output", "progress", "select", "textarea"});

using Ids = std::map<std::string_view, const HtmlElement*>;

Ids find_ids(PageFindings& findings) {
  Ids ids;
  for (const HtmlElement& element : findings.page().elements()) {
    const HtmlAttribute* const id = element.find("id");
    if (id == nullptr || element.in_template || element.reconstructed) {
      continue;
    }
    if (id->value.empty() || words_in(id->value).size() != 1 || words_in(id->value).front() != id->value) {
      findings.add("html-id", id->value_at, "an id must not be empty, nor hold a blank");
      continue;
    }
    if (const auto [known, is_new] = ids.emplace(id->value, &element); !is_new) {
      findings.add(
          "html-duplicate-id", id->value_at,
          "the id '" + std::string(id->value) + "' was given before, at " + findings.place(known->second->begin));
    }
  }
  return ids;
}

bool is_labelable(const HtmlElement& element) {
  const HtmlAttribute* const type = element.find("type");
  return (contains(kLabelable, element.name) &&
          (type == nullptr || element.name != "input" || type->value != "hidden")) ||
         is_custom_element(element.name);
}

void find_label(PageFindings& findings, const Ids& ids, const HtmlAttribute& target) {
  const auto found = ids.find(target.value);
  if (found == ids.end()) {
    findings.add("html-label", target.value_at,
                 "the label is for '" + std::string(target.value) + "', and nothing has this id");
  } else if (!is_labelable(*found->second)) {
    findings.add("html-label", target.value_at,
                 "the label is for '" + std::string(target.value) + "', a <" + found->second->name +
                     ">, which is not a field of a form");
  }
}

/// A picture's `usemap` names a <map> by "#" and its name.
void find_maps(PageFindings& findings) {
  std::set<std::string_view> maps;
  for (const HtmlElement& element : findings.page().elements()) {
    const HtmlAttribute* const name = element.is_html("map") ? element.find("name") : nullptr;
    if (name != nullptr) {
      maps.insert(name->value);
    }
  }
  for (const HtmlElement& element : findings.page().elements()) {
    const HtmlAttribute* const map = element.is_html("img") ? element.find("usemap") : nullptr;
    if (map == nullptr || element.in_template || element.reconstructed) {
      continue;
    }
    const std::string value(map->value);
    if (!value.starts_with('#') || !maps.contains(std::string_view(map->value).substr(1))) {
      findings.add("html-label", map->value_at,
                   "'" + value + "' of 'usemap' names no map: write '#' and the name of a <map>");
    }
  }
}

}  // namespace

void find_references(PageFindings& findings) {
  const Ids ids = find_ids(findings);
  find_maps(findings);
  for (const HtmlElement& element : findings.page().elements()) {
    if (element.in_template || element.reconstructed) {
      continue;
    }
    for (const HtmlAttribute& attribute : element.attributes) {
      if (element.is_html("label") && attribute.name == "for") {
        find_label(findings, ids, attribute);
      }
      if (!contains(kIdReferences, attribute.name) &&
          (!contains(kPlain, attribute.name) || element.space != HtmlElement::Space::kHtml ||
           is_custom_element(element.name))) {
        continue;
      }
      for (const std::string_view word : words_in(attribute.value)) {
        if (!ids.contains(word)) {
          findings.add(
              "html-aria-reference", attribute.value_at,
              "'" + std::string(attribute.name) + "' names the id '" + std::string(word) + "', which nothing has");
        }
      }
    }
  }
}

}  // namespace smbatcher
