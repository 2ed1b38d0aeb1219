#include <algorithm>
#include <array>

#include "libregistry/core/base/text.h"
#include "libregistry/sites/html/page_rules.h"
#include "libregistry/sites/html/vocabulary.h"

namespace smbatcher {
namespace {

struct Requirement {
  std::string_view element;
  std::string_view one_of;  // one blank between two: an element needs one of these
  std::string_view unless;  // it has this one
};

/// Source: https://html.spec.whatwg.org, the definition of each element.
constexpr auto kRequirements = std::to_array<Requirement>({
    {"base", "href target", ""},
    {"bdo", "dir", ""},
    {"data", "value", ""},
    {"img", "src srcset", ""},
    {"link", "href imagesrcset", ""},
    {"link", "rel itemprop property", ""},
    {"map", "name", ""},
    {"meta", "name http-equiv charset itemprop property", ""},
    {"meta", "content", "charset"},
    {"meter", "value", ""},
    {"object", "data", ""},
    {"track", "src", ""},
});

bool has_one_of(const HtmlElement& element, std::string_view names) {
  const std::vector<std::string_view> words = words_in(names);
  return std::any_of(words.begin(), words.end(),
                     [&element](std::string_view name) { return element.find(name) != nullptr; });
}

void check_requirements(PageFindings& findings, const HtmlElement& element) {
  for (const Requirement& each : kRequirements) {
    if (each.element != element.name || has_one_of(element, each.one_of) ||
        (!each.unless.empty() && element.find(each.unless) != nullptr)) {
      continue;
    }
    const std::vector<std::string_view> words = words_in(each.one_of);
    std::vector<std::string> names(words.begin(), words.end());
    findings.add("html-required-attribute", element.begin,
                 "<" + element.name + "> has no " + join(names, " or ") + ", which it needs");
  }
}

/// Attributes that mean something only beside another.
void check_companions(PageFindings& findings, const HtmlElement& element) {
  constexpr auto kOfLinks = std::to_array<std::string_view>({"download", "hreflang", "ping", "rel", "target", "type"});
  if (element.name != "a" && element.name != "area") {
    return;
  }
  for (const std::string_view name : kOfLinks) {
    const HtmlAttribute* const attribute = element.find(name);
    const bool is_rdfa = name == "rel" && (element.find("property") != nullptr || element.find("resource") != nullptr);
    if (attribute != nullptr && element.find("href") == nullptr && !is_rdfa) {
      findings.add("html-required-attribute", attribute->name_at,
                   "'" + std::string(name) + "' is of a link, and <" + element.name + "> has no href");
    }
  }
}

bool has_content(std::string_view script) {
  for (std::size_t at = 0; (at = script.find_first_not_of(" \t\n\f\r", at)) != std::string_view::npos;) {
    const std::string_view rest = script.substr(at);
    if (rest.starts_with("//")) {
      at = std::min(script.find('\n', at), script.size());
    } else if (rest.starts_with("/*") && rest.find("*/", 2) != std::string_view::npos) {
      at += rest.find("*/", 2) + 2;
    } else {
      return true;
    }
  }
  return false;
}

void check_script(PageFindings& findings, const HtmlElement& script) {
  const HtmlAttribute* const type = script.find("type");
  const std::string kind = type == nullptr ? std::string() : to_lower(type->value);
  const bool is_module = kind == "module";
  const bool is_program = kind.empty() || is_module || kind.ends_with("javascript") || kind.ends_with("ecmascript");
  const bool is_external = script.find("src") != nullptr;
  const auto refuse = [&](std::string_view name, const std::string& why) {
    if (const HtmlAttribute* const attribute = script.find(name); attribute != nullptr) {
      findings.add("html-script", attribute->name_at, "'" + std::string(name) + "' " + why);
    }
  };
  if (is_external && has_content(findings.page().content(script))) {
    findings.add("html-script", script.begin,
                 "the script is loaded by src, so what stands in it is never run: take one of the two out");
  }
  if (!is_program) {
    for (const std::string_view name : {"src", "async", "defer", "nomodule", "crossorigin", "integrity",
                                        "referrerpolicy", "fetchpriority", "blocking"}) {
      refuse(name, "means nothing on a script of data");
    }
    return;
  }
  if (is_module) {
    refuse("defer", "means nothing on a module, which waits by itself");
    refuse("nomodule", "keeps a module from ever being run");
  }
  if (!is_external) {
    refuse("defer", "means nothing on a script without src");
    refuse("integrity", "means nothing on a script without src");
    if (!is_module) {
      refuse("async", "means nothing on a script without src");
    }
  }
}

}  // namespace

void find_required(PageFindings& findings) {
  for (const HtmlElement& element : findings.page().elements()) {
    if (element.space != HtmlElement::Space::kHtml || element.reconstructed || !element.written) {
      continue;
    }
    if (element.name == "script") {
      check_script(findings, element);
    }
    if (!element.in_template) {  // what a template lacks, a script may add
      check_requirements(findings, element);
      check_companions(findings, element);
    }
  }
}

}  // namespace smbatcher
