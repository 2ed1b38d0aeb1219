#include "libregistry/core/base/text.h"
#include "libregistry/sites/html/page_rules.h"
#include "libregistry/sites/html/vocabulary.h"

namespace smbatcher {

void find_style(PageFindings& findings) {
  const HtmlPage& page = findings.page();
  const std::size_t doctype = page.doctype().present ? page.bytes().find("<!") : std::string_view::npos;
  if (doctype != std::string_view::npos && page.bytes().substr(doctype, 14) == "<!DOCTYPE html") {
    findings.add("html-style-doctype-case", doctype, "<!doctype html> is the lower case of it");
  }
  for (const HtmlElement& element : page.elements()) {
    if (element.space != HtmlElement::Space::kHtml || !element.written || element.reconstructed) {
      continue;
    }
    const std::string_view tag = page.bytes().substr(element.begin, element.content_begin - element.begin);
    if (is_void_element(element.name)) {
      if (tag.ends_with("/>")) {
        findings.add("html-style-void-slash", element.begin, "the slash in <" + element.name + "/> means nothing");
      }
    } else if (has_optional_end(element.name) && !to_lower(element.end_tag).starts_with("</" + element.name)) {
      findings.add("html-style-optional-end-tag", element.begin, "<" + element.name + "> has no end tag");
    }
    if (const HtmlAttribute* const style = element.find("style"); style != nullptr) {
      findings.add("html-style-inline-style", style->name_at, "a style attribute: write a rule into a style sheet");
    }
  }
}

}  // namespace smbatcher
