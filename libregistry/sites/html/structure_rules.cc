#include <algorithm>
#include <array>
#include <optional>

#include "libregistry/core/base/ascii.h"
#include "libregistry/core/base/text.h"
#include "libregistry/sites/html/page_rules.h"
#include "libregistry/sites/html/vocabulary.h"

namespace smbatcher {
namespace {

bool has_text(std::string_view text) { return text.find_first_not_of(" \t\n\f\r") != std::string_view::npos; }

void find_doctype(PageFindings& findings) {
  const HtmlPage::Doctype& doctype = findings.page().doctype();
  if (!doctype.present) {
    findings.add("html-doctype", 0, "the page has no <!doctype html> at its beginning: browsers read it as an old one");
  } else if (to_lower(doctype.name) != "html" || !doctype.public_id.empty() ||
             (!doctype.system_id.empty() && doctype.system_id != "about:legacy-compat")) {
    findings.add("html-doctype", findings.page().bytes().find("<!"),
                 "the doctype is an old one: write <!doctype html>");
  }
}

/// Where the file says which encoding it has; nothing where it does not.
std::optional<std::size_t> place_of_charset(const HtmlPage& page) {
  for (const HtmlElement& element : page.elements()) {
    const HtmlAttribute* const equiv = element.find("http-equiv");
    const bool says_type = equiv != nullptr && to_lower(equiv->value) == "content-type";
    if (element.is_html("meta") && (element.find("charset") != nullptr || says_type)) {
      return element.content_begin;
    }
  }
  return std::nullopt;
}

/// A browser looks for the encoding in the first 1,024 bytes, and guesses where it finds none.
void find_charset(PageFindings& findings) {
  constexpr std::size_t kLookedAt = 1024;
  const std::string_view bytes = findings.page().bytes();
  if (bytes.starts_with("\xEF\xBB\xBF")) {
    return;
  }
  const std::optional<std::size_t> place = place_of_charset(findings.page());
  const auto* const beyond_ascii =
      std::find_if(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  if (place && *place > kLookedAt) {
    findings.add(
        "html-charset", *place - 1,
        "the encoding is given behind the first 1,024 bytes, where browsers look for it: put it first in <head>");
  } else if (!place && beyond_ascii != bytes.end()) {
    findings.add(
        "html-charset", static_cast<std::size_t>(beyond_ascii - bytes.begin()),
        "the page has letters beyond ASCII and does not say its encoding: write <meta charset=\"utf-8\"> first "
        "in <head>");
  }
}

/// The parser takes a doctype behind the first for nothing, and says nothing of it.
void find_second_doctypes(PageFindings& findings) {
  const HtmlPage& page = findings.page();
  const std::string lower = to_lower(page.bytes());
  constexpr std::string_view kDoctype = "<!doctype";
  bool is_first = true;
  for (std::size_t at = lower.find("<!"); at != std::string::npos; at = lower.find("<!", at)) {
    if (lower.compare(at, 4, "<!--") == 0) {
      at = std::min(lower.find("-->", at + 2), lower.size());
    } else if (lower.compare(at, kDoctype.size(), kDoctype) == 0) {
      const bool is_text =
          std::any_of(page.elements().begin(), page.elements().end(), [at](const HtmlElement& element) {
            const bool holds_text = element.name == "script" || element.name == "style" || element.name == "textarea" ||
                                    element.name == "title" || element.name == "iframe" || element.name == "noscript";
            return holds_text && element.content_begin <= at && at < element.content_end;
          });
      const bool in_attribute = std::any_of(
          page.elements().begin(), page.elements().end(),
          [at](const HtmlElement& each) { return each.written && each.begin < at && at < each.content_begin; });
      if (!is_first && !is_text && !in_attribute) {
        findings.add("html-doctype", at, "a second doctype: there is one, at the beginning");
      }
      is_first = is_first && (is_text || in_attribute);
      at += kDoctype.size();
    } else {
      at += 2;
    }
  }
}

/// What is seen of a page has one <main>.
void find_main(PageFindings& findings) {
  const HtmlPage& page = findings.page();
  constexpr auto kNotAround = std::to_array<std::string_view>({"article", "aside", "footer", "header", "nav"});
  const HtmlElement* first = nullptr;
  for (const HtmlElement& element : page.elements()) {
    if (!element.is_html("main") || !element.written || element.in_template) {
      continue;
    }
    for (const HtmlElement* above = page.parent_of(element); above != nullptr; above = page.parent_of(*above)) {
      if (above->space == HtmlElement::Space::kHtml && contains(kNotAround, above->name)) {
        findings.add("html-children", element.begin, "<main> cannot stand in <" + above->name + ">");
        break;
      }
    }
    if (first != nullptr && element.find("hidden") == nullptr) {
      findings.add("html-children", element.begin,
                   "a second <main>; the first is at " + findings.place(first->begin) + ", and only one may be shown");
    } else if (element.find("hidden") == nullptr) {
      first = &element;
    }
  }
}

void find_moved_texts(PageFindings& findings) {
  for (const std::size_t at : findings.page().moved_texts()) {
    findings.add("html-children", at, "text cannot stand in a table outside of its cells: browsers move it out");
  }
}

void find_title(PageFindings& findings) {
  const HtmlElement* head = nullptr;
  const HtmlElement* title = nullptr;
  for (const HtmlElement& element : findings.page().elements()) {
    if (element.is_html("head") && head == nullptr) {
      head = &element;
    }
    const HtmlElement* const parent = findings.page().parent_of(element);
    if (!element.is_html("title") || parent == nullptr || !parent->is_html("head")) {
      continue;
    }
    if (title != nullptr) {
      findings.add("html-title", element.begin, "a second <title>; the first is at " + findings.place(title->begin));
      continue;
    }
    title = &element;
    if (!has_text(findings.page().text(element))) {
      findings.add("html-title", element.begin, "the <title> is empty");
    }
  }
  if (title == nullptr) {
    findings.add("html-title", head == nullptr ? 0 : head->begin, "the page has no <title> in its <head>");
  }
}

bool is_language(std::string_view tag) {
  std::size_t length = 0;
  std::size_t parts = 0;
  for (const char c : std::string(tag) + "-") {
    if (c == '-') {
      if (length == 0 || length > 8) {
        return false;
      }
      length = 0;
      ++parts;
    } else if (is_letter(c) || (parts > 0 && is_digit(c))) {
      ++length;
    } else {
      return false;
    }
  }
  return true;
}

void find_lang(PageFindings& findings) {
  for (const HtmlElement& element : findings.page().elements()) {
    const HtmlAttribute* const lang = element.find("lang");
    if (element.is_html("html") && (lang == nullptr || !has_text(lang->value))) {
      findings.add("html-lang", element.begin, "<html> does not say the page's language: write <html lang=\"en\">");
    } else if (lang != nullptr && element.space == HtmlElement::Space::kHtml && has_text(lang->value) &&
               !is_language(lang->value)) {
      findings.add("html-lang", lang->value_at,
                   "'" + std::string(lang->value) + "' is not a language tag such as de or en-GB");
    }
  }
}

void find_names(PageFindings& findings) {
  for (const HtmlElement& element : findings.page().elements()) {
    if (element.space != HtmlElement::Space::kHtml || !element.written || element.reconstructed) {
      continue;
    }
    if (is_obsolete_element(element.name)) {
      findings.add("html-obsolete-element", element.begin,
                   "<" + element.name + "> is obsolete: " + std::string(instead_of_element(element.name)));
    } else if (!is_known_element(element.name) && !is_custom_element(element.name)) {
      findings.add("html-unknown-element", element.begin,
                   "HTML has no element <" + element.name + ">; a name of your own needs a hyphen");
    }
  }
}

struct Family {
  std::string_view parent;
  std::string_view children;  // with blanks around each
};

/// Elements that hold nothing but these, and script and template.
constexpr auto kFamilies = std::to_array<Family>({
    {"ul", " li "},
    {"ol", " li "},
    {"menu", " li "},
    {"dl", " dt dd div "},
    {"table", " caption colgroup thead tbody tfoot tr "},
    {"thead", " tr "},
    {"tbody", " tr "},
    {"tfoot", " tr "},
    {"tr", " td th "},
    {"colgroup", " col "},
    {"select", " option optgroup hr button legend "},
    {"optgroup", " option legend "},
    {"picture", " source img "},
});

/// Elements that stand in these and nowhere else.
constexpr auto kHomes = std::to_array<Family>({
    {"li", " ul ol menu "},
    {"dt", " dl div "},
    {"dd", " dl div "},
    {"figcaption", " figure "},
    {"summary", " details "},
    {"legend", " fieldset optgroup select "},
    {"optgroup", " select "},
    {"option", " select optgroup datalist "},
    {"source", " audio video picture "},
    {"track", " audio video "},
    {"rt", " ruby rtc "},
    {"rp", " ruby rtc "},
});

std::string listed(std::string_view words) {
  const std::vector<std::string_view> each = words_in(words);
  std::vector<std::string> tags;
  tags.reserve(each.size());
  for (const std::string_view word : each) {
    tags.push_back("<" + std::string(word) + ">");
  }
  return join(tags, ", ");
}

template <class List>
const Family* family_of(const List& list, std::string_view name) {
  const auto* const found =
      std::find_if(list.begin(), list.end(), [name](const Family& each) { return each.parent == name; });
  return found == list.end() ? nullptr : found;
}

bool has_word(std::string_view words, const std::string& name) {
  return words.find(" " + name + " ") != std::string_view::npos;
}

/// One that is not closed holds what was never meant to be in it, and html-unclosed has told of it.
bool is_closed(const HtmlElement& element) { return to_lower(element.end_tag).starts_with("</" + element.name); }

void find_children(PageFindings& findings) {
  for (const HtmlElement& element : findings.page().elements()) {
    const HtmlElement* const parent = findings.page().parent_of(element);
    if (parent == nullptr || !element.written || element.reconstructed || parent->reconstructed ||
        parent->is_html("template") || element.space != HtmlElement::Space::kHtml ||
        parent->space != HtmlElement::Space::kHtml) {
      continue;
    }
    const Family* const family = family_of(kFamilies, parent->name);
    const Family* const home = family_of(kHomes, element.name);
    const bool is_anywhere = element.name == "script" || element.name == "template";
    if (family != nullptr && !is_anywhere && !has_word(family->children, element.name)) {
      findings.add(
          "html-children", element.begin,
          "<" + element.name + "> cannot stand in <" + parent->name + ">, which holds " + listed(family->children));
    } else if (home != nullptr && !has_word(home->children, parent->name) && !is_custom_element(parent->name)) {
      findings.add(
          "html-children", element.begin,
          "<" + element.name + "> stands in <" + parent->name + ">, and can only in " + listed(home->children));
    } else if (is_block_element(element.name) && holds_phrasing_only(parent->name) && is_closed(*parent)) {
      findings.add(
          "html-children", element.begin,
          "<" + element.name + "> cannot stand in <" + parent->name + ">, which holds text and what is part of it");
    }
  }
}

bool is_interactive(const HtmlElement& element) {
  constexpr auto kAlways =
      std::to_array<std::string_view>({"button", "details", "embed", "iframe", "label", "select", "textarea"});
  if (element.space != HtmlElement::Space::kHtml) {
    return false;
  }
  if (element.name == "a") {
    return element.find("href") != nullptr;
  }
  if (element.name == "input") {
    const HtmlAttribute* const type = element.find("type");
    return type == nullptr || to_lower(type->value) != "hidden";
  }
  if (element.name == "img" || element.name == "object") {
    return element.find("usemap") != nullptr;
  }
  if (element.name == "audio" || element.name == "video") {
    return element.find("controls") != nullptr;
  }
  return std::find(kAlways.begin(), kAlways.end(), element.name) != kAlways.end() ||
         element.find("tabindex") != nullptr;
}

/// The nearest element around it that may hold nothing to click.
const HtmlElement* clickable_around(const HtmlPage& page, const HtmlElement& element) {
  for (const HtmlElement* above = page.parent_of(element); above != nullptr; above = page.parent_of(*above)) {
    if ((above->is_html("a") && above->find("href") != nullptr) || above->is_html("button")) {
      return above;
    }
  }
  return nullptr;
}

void find_interactive(PageFindings& findings) {
  const HtmlPage& page = findings.page();
  for (const HtmlElement& element : page.elements()) {
    if (!element.written || element.reconstructed) {
      continue;
    }
    const HtmlElement* const above = is_interactive(element) ? clickable_around(page, element) : nullptr;
    if (above != nullptr) {
      findings.add("html-interactive", element.begin,
                   "<" + element.name + "> can be clicked and stands in the <" + above->name + "> of " +
                       findings.place(above->begin));
      continue;
    }
    for (const HtmlElement* label = element.is_html("label") ? page.parent_of(element) : nullptr; label != nullptr;
         label = page.parent_of(*label)) {
      if (label->is_html("label")) {
        findings.add("html-interactive", element.begin,
                     "a <label> stands in the <label> of " + findings.place(label->begin));
      }
    }
  }
}

}  // namespace

void find_structure(PageFindings& findings) {
  find_doctype(findings);
  find_second_doctypes(findings);
  find_charset(findings);
  find_main(findings);
  find_moved_texts(findings);
  find_title(findings);
  find_lang(findings);
  find_names(findings);
  find_children(findings);
  find_interactive(findings);
}

}  // namespace smbatcher
