#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "libregistry/core/base/text.h"
#include "libregistry/sites/html/page_rules.h"
#include "libregistry/sites/html/scan.h"
#include "libregistry/sites/html/syntax_messages.h"
#include "libregistry/sites/html/vocabulary.h"

namespace smbatcher {
namespace {

using Kind = GumboErrorKind;

/// The tag at an offset: its name in lower case, and whether it is an end tag; no name where none is.
struct TagAt {
  std::string name;
  bool is_end = false;

  std::string written() const { return (is_end ? "</" : "<") + name + ">"; }
};

TagAt tag_at(std::string_view bytes, std::size_t offset) {
  TagAt found;
  if (offset < bytes.size() && bytes[offset] == '<') {
    scan_tags(bytes.substr(offset, std::min<std::size_t>(bytes.size() - offset, 4096)), [&](const ScannedTag& tag) {
      if (tag.begin == 0) {
        found = {tag.name, tag.is_end};
      }
      return false;
    });
  }
  return found;
}

std::string_view name_in(std::string_view end_tag) {
  return end_tag.size() < 3 ? std::string_view() : end_tag.substr(2, end_tag.find_first_of(" \t\n\f\r/>", 2) - 2);
}

class SyntaxFindings {
 public:
  explicit SyntaxFindings(PageFindings& findings) : findings_(&findings), bytes_(findings.page().bytes()) {}

  void find() {
    find_unclosed();
    for (const SyntaxError& error : findings_->page().errors()) {
      if (error.kind == Kind::kParser) {
        judge(error.offset);
      } else if (const SyntaxMessage told = message_of(error.kind); !told.rule.empty() && !is_in_doctype(error)) {
        add_told(told, error);
      }
    }
    find_silent_end_tags();
  }

 private:
  /// An element that had no end tag of its own though it must.
  bool is_unclosed(const HtmlElement& element) const {
    if (!element.written || (element.space == HtmlElement::Space::kHtml &&
                             (is_void_element(element.name) || has_optional_end(element.name)))) {
      return false;
    }
    const std::string_view start = bytes_.substr(element.begin, element.content_begin - element.begin);
    if (element.space != HtmlElement::Space::kHtml && start.ends_with("/>")) {
      return false;
    }
    if (element.name == "form" && element.end_tag.empty()) {  // gumbo keeps no end tag of a form that has one
      return tag_at(bytes_, element.content_end).name.empty() && find_end_of_form(element) == std::string_view::npos;
    }
    return to_lower(name_in(element.end_tag)) != element.name;
  }

  std::size_t find_end_of_form(const HtmlElement& form) const {
    std::size_t end = std::string_view::npos;
    scan_tags(bytes_.substr(form.content_begin), [&](const ScannedTag& tag) {
      if (tag.is_end && tag.name == "form") {
        end = form.content_begin + tag.begin;
      }
      return end == std::string_view::npos;
    });
    return end;
  }

  void find_unclosed() {
    for (const HtmlElement& element : findings_->page().elements()) {
      if (element.written && !element.end_tag.empty() && to_lower(name_in(element.end_tag)) == element.name) {
        starts_[offset_of(element.end_tag)] = element.begin;
        closed_.insert(element.begin);
      }
      if (!is_unclosed(element) || (element.reconstructed && closed_.contains(element.begin))) {
        continue;
      }
      const std::size_t end = element.content_end;
      if (const auto known = roots_.find(element.begin); known != roots_.end()) {  // opened again by the parser
        explained_.emplace(end, known->second);
        at_end_ = end >= bytes_.size() ? std::optional(known->second) : at_end_;
        continue;
      }
      roots_[element.begin] = add_unclosed(element);
      explained_.emplace(end, roots_[element.begin]);
      at_end_ = end >= bytes_.size() ? std::optional(roots_[element.begin]) : at_end_;
    }
  }

  std::size_t add_unclosed(const HtmlElement& element) {
    const std::size_t end = element.content_end;
    const TagAt closer = tag_at(bytes_, end);
    if (closer.name == element.name && !closer.is_end) {
      return add("html-nesting", end,
                 "<" + element.name + "> cannot stand in the <" + element.name + "> of " +
                     findings_->place(element.begin) + ", which ends here",
                 element.name);
    }
    const std::string where = end >= bytes_.size() || closer.name.empty()
                                  ? " before the end of the file"
                                  : " before " + closer.written() + " at " + findings_->place(end);
    return add("html-unclosed", element.begin, "<" + element.name + "> is not closed" + where, element.name);
  }

  /// gumbo says nothing of an end tag without a start tag where the element is one of these.
  void find_silent_end_tags() {
    constexpr std::string_view kNames = " a b big code em font i nobr s small strike strong tt u ";
    scan_tags(bytes_, [&](const ScannedTag& tag) {
      const auto is_here = [&tag](const SyntaxError& error) { return error.offset == tag.begin; };
      if (tag.is_end && kNames.find(" " + tag.name + " ") != std::string_view::npos && !starts_.contains(tag.begin) &&
          std::none_of(findings_->page().errors().begin(), findings_->page().errors().end(), is_here)) {
        judge_end_tag({tag.name, true}, tag.begin);
      }
      return true;
    });
  }

  /// A parser error: one that follows from what was found before is counted there.
  void judge(std::size_t offset) {
    if (const auto known = explained_.find(offset); known != explained_.end()) {
      if (!told_.emplace(known->second, offset).second && offset < bytes_.size()) {
        findings_->add_follow_on(known->second);
      }
      return;
    }
    const TagAt tag = tag_at(bytes_, offset);
    const bool is_nul = offset < bytes_.size() && bytes_[offset] == '\0';
    if (is_about_doctype(offset) || is_nul) {
      return;  // html-doctype and html-nul-byte tell it
    }
    if (at_end_ && (offset >= bytes_.size() || (tag.is_end && (tag.name == "body" || tag.name == "html")))) {
      return;
    }
    if (const auto start = starts_.find(offset); start != starts_.end() && nested_.contains(start->second)) {
      findings_->add_follow_on(nested_[start->second]);
    } else if (tag.is_end) {
      judge_end_tag(tag, offset);
    } else {
      judge_start(tag, offset);
    }
  }

  void judge_end_tag(const TagAt& tag, std::size_t offset) {
    if (passed_over_.contains(tag.name)) {
      return;
    }
    if (const HtmlElement* const head = tag.name == "head" ? head_ended_by_start() : nullptr; head != nullptr) {
      ended_head_ =
          add("html-nesting", head->content_end,
              tag_at(bytes_, head->content_end).written() + " cannot stand in <head>, which it ends: the </head> at " +
                  findings_->place(offset) + " closes nothing",
              {});
      return;
    }
    if (const auto start = starts_.find(offset); start != starts_.end() && tag.name != "p" && tag.name != "br") {
      add("html-nesting", offset,
          tag.written() + " ends the <" + tag.name + "> of " + findings_->place(start->second) +
              " while an element inside it is open: end tags come in the opposite order",
          {});
      return;
    }
    if (const auto cause = by_name_.find(tag.name); cause != by_name_.end()) {
      findings_->add_follow_on(cause->second);
      return;
    }
    const HtmlElement* const closed = tag.name == "p" ? paragraph_before(offset) : nullptr;
    if (closed != nullptr) {
      const std::size_t end = closed->content_end;
      by_block_[end] = add("html-nesting", end,
                           tag_at(bytes_, end).written() + " ends the <p> of " + findings_->place(closed->begin) +
                               ", so its </p> at " + findings_->place(offset) + " closes nothing",
                           {});
      return;
    }
    add("html-stray-end-tag", offset, "</" + tag.name + "> closes nothing that is open here", {});
  }

  /// The head, where a start tag that may not be in it has ended it.
  const HtmlElement* head_ended_by_start() const {
    const auto& elements = findings_->page().elements();
    const auto head = std::find_if(elements.begin(), elements.end(),
                                   [](const HtmlElement& element) { return element.is_html("head"); });
    const TagAt tag = head == elements.end() ? TagAt{} : tag_at(bytes_, head->content_end);
    return tag.name.empty() || tag.is_end ? nullptr : &*head;
  }

  /// What the standard lets stand in a <select> since it can be styled; the parser, which is older, leaves it out.
  static bool is_in_styled_select(const std::string& parent, const std::string& name) {
    constexpr std::string_view kNever = " select input keygen textarea html body head ";
    return (parent == "select" || parent == "option" || parent == "optgroup") && !name.empty() &&
           kNever.find(" " + name + " ") == std::string_view::npos;
  }

  /// The last <p> before `offset` that a start tag has ended, where no other </p> stands between.
  const HtmlElement* paragraph_before(std::size_t offset) const {
    const HtmlElement* last = nullptr;
    for (const HtmlElement& element : findings_->page().elements()) {
      if (element.is_html("p") && element.written && element.begin < offset) {
        last = &element;
      }
    }
    const bool by_start = last != nullptr && last->end_tag.empty() && last->content_end < offset &&
                          !tag_at(bytes_, last->content_end).is_end && !by_block_.contains(last->content_end);
    return by_start && !tag_at(bytes_, last->content_end).name.empty() ? last : nullptr;
  }

  void judge_start(const TagAt& tag, std::size_t offset) {
    const std::string parent = parent_at(offset);
    if (ended_head_ && tag.name == "body") {
      findings_->add_follow_on(*ended_head_);
      return;
    }
    if (is_in_styled_select(parent, tag.name)) {
      passed_over_.insert(tag.name);
      return;
    }
    const std::string what = offset >= bytes_.size() ? "the end of the file"
                             : !tag.name.empty()     ? "<" + tag.name + ">"
                             : is_doctype_at(offset) ? "a doctype"
                                                     : "text";
    const std::string key = what + " in " + parent;
    if (const auto same = by_place_.find(key); same != by_place_.end() && same->second.first == parent_index_) {
      findings_->add_follow_on(same->second.second);
      nested_[offset] = same->second.second;
      return;
    }
    const std::size_t index =
        offset >= bytes_.size() ? add("html-unexpected-eof", offset, "the file ends inside <" + parent + ">", {})
                                : add("html-nesting", offset,
                                      what + " cannot stand " + (parent.empty() ? "here" : "in <" + parent + ">"), {});
    by_place_[key] = {parent_index_, index};
    if (!tag.name.empty()) {
      by_name_.emplace(tag.name, index);
    }
    nested_[offset] = index;
  }

  /// The innermost element that is open at `offset` as the source has it.
  std::string parent_at(std::size_t offset) {
    const auto& elements = findings_->page().elements();
    parent_index_ = HtmlElement::kNone;
    for (std::size_t i = 0; i < elements.size(); ++i) {
      const HtmlElement& element = elements[i];
      const bool is_open =
          element.begin < offset && offset < element.content_end && element.written && !is_void_element(element.name);
      if (is_open && (parent_index_ == HtmlElement::kNone || elements[parent_index_].begin <= element.begin)) {
        parent_index_ = i;
      }
    }
    return parent_index_ == HtmlElement::kNone ? std::string() : elements[parent_index_].name;
  }

  bool is_doctype_at(std::size_t offset) const { return to_lower(bytes_.substr(offset, 9)) == "<!doctype"; }

  /// The parser tells of a doctype that is missing at the first thing that is there instead.
  bool is_about_doctype(std::size_t offset) {
    const bool is_first = !parser_error_seen_;
    parser_error_seen_ = true;
    return (is_first && !findings_->page().doctype().present) || (is_first && is_doctype_at(offset));
  }

  static bool is_in_doctype(const SyntaxError& error) {
    return error.kind >= Kind::kDoctypeInvalid && error.kind <= Kind::kDoctypeEnd;
  }

  void add_told(const SyntaxMessage& told, const SyntaxError& error) {
    std::string message(told.text);
    std::size_t offset = error.offset;
    if (told.rule == "html-unexpected-eof" && told.text.find("inside a tag") != std::string_view::npos) {
      offset = begin_of_last_tag(offset);
    } else if (error.kind == Kind::kUnacknowledgedSelfClosing) {
      message = "<" + tag_at(bytes_, offset).name + "/> is read as <" + tag_at(bytes_, offset).name +
                ">: the slash closes no HTML element that is not void";
    } else if (error.kind == Kind::kDuplicateAttribute) {
      const std::size_t end = std::min(bytes_.find_first_of("= \t\n\f\r/>", offset), bytes_.size());
      message = "the attribute '" + std::string(bytes_.substr(offset, end - offset)) +
                "' was given before in this tag; the first one counts";
    } else if (error.kind == Kind::kNamedInvalid || error.kind == Kind::kNamedWithoutSemicolon ||
               error.kind == Kind::kNumericInvalid || error.kind == Kind::kNumericWithoutSemicolon) {
      const std::size_t end = std::min(bytes_.find_first_of(";& \t\n<\"'", offset + 1), bytes_.size());
      constexpr std::size_t kLongest = 32;
      message = "'" +
                std::string(bytes_.substr(
                    offset, std::min(end - offset + (end < bytes_.size() && bytes_[end] == ';' ? 1 : 0), kLongest))) +
                "': " + message;
    } else if (error.kind == Kind::kTagInvalid || error.kind == Kind::kTagStartsWithQuestion ||
               error.kind == Kind::kCloseTagInvalid || error.kind == Kind::kDashesOrDoctype) {
      offset = bytes_.rfind('<', offset) == std::string_view::npos ? offset : bytes_.rfind('<', offset);
    }
    findings_->add(told.rule, offset, std::move(message));
  }

  /// A tag without an end has swallowed the rest of the file, and is told of where it begins.
  std::size_t begin_of_last_tag(std::size_t offset) const {
    scan_tags(bytes_, [&](const ScannedTag& tag) {
      offset = tag.end >= bytes_.size() ? tag.begin : offset;
      return true;
    });
    return offset;
  }

  std::size_t add(std::string_view rule, std::size_t offset, std::string message, const std::string& name) {
    const std::size_t index = findings_->add(rule, offset, std::move(message));
    if (!name.empty()) {
      by_name_[name] = index;
    }
    return index;
  }

  std::size_t offset_of(std::string_view part) const { return static_cast<std::size_t>(part.data() - bytes_.data()); }

  PageFindings* findings_;
  std::string_view bytes_;
  std::map<std::size_t, std::size_t> roots_;      // start tag -> finding of an unclosed element
  std::map<std::size_t, std::size_t> explained_;  // where it ended -> its finding
  std::map<std::size_t, std::size_t> told_;       // finding -> the error that belongs to it
  std::map<std::size_t, std::size_t> starts_;     // end tag -> the start tag of its element
  std::set<std::size_t> closed_;                  // start tags whose element has an end tag of its own
  std::map<std::size_t, std::size_t> nested_;     // start tag where none may be -> finding
  std::map<std::size_t, std::size_t> by_block_;   // start tag that ended a paragraph -> finding
  std::map<std::string, std::size_t> by_name_;    // an unclosed element's name -> finding
  std::map<std::string, std::pair<std::size_t, std::size_t>> by_place_;  // what in what -> parent, finding
  std::optional<std::size_t> at_end_;      // an element that is open at the end of the file
  std::optional<std::size_t> ended_head_;  // the finding of a tag that ended the head
  std::set<std::string> passed_over_;      // names of elements in a <select> that the parser has left out
  std::size_t parent_index_ = HtmlElement::kNone;
  bool parser_error_seen_ = false;
};

}  // namespace

void find_syntax(PageFindings& findings) { SyntaxFindings(findings).find(); }

}  // namespace smbatcher
