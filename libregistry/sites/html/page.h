#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/base/text_places.h"
#include "libregistry/sites/html/gumbo_errors.h"

namespace smbatcher {

struct HtmlAttribute {
  std::string_view name;     // in lower case, but for some of SVG
  std::string_view value;    // character references resolved
  std::size_t name_at = 0;   // offset of its name
  std::size_t value_at = 0;  // offset of its value's first byte, behind a quote; that of the name where it has none
};

struct HtmlElement {
  enum class Space { kHtml, kSvg, kMathml };
  static constexpr std::size_t kNone = std::string_view::npos;

  std::string name;  // in lower case
  Space space = Space::kHtml;
  std::size_t parent = kNone;     // index of the element around it; kNone for html
  std::size_t next = 0;           // index behind its last descendant
  std::size_t begin = 0;          // offset of its start tag
  std::size_t content_begin = 0;  // behind its start tag
  std::size_t content_end = 0;    // where it ended: at an end tag, a start tag, or the end of the file
  std::string_view end_tag;       // the one that ended it, as it is written; empty when none did
  bool written = true;            // false for what the parser added: html, head, tbody …
  bool reconstructed = false;     // a formatting element that the parser opened again; `begin` is the first one's
  bool in_template = false;       // its ids and names are not those of the page
  std::vector<HtmlAttribute> attributes;

  /// Null when it has no such attribute.
  const HtmlAttribute* find(std::string_view attribute) const;
  bool is_html(std::string_view other) const { return space == Space::kHtml && name == other; }
};

/// A page, parsed: its elements in the order of the document. All offsets are into bytes(), lines and columns are
/// 1-based, columns in bytes.
class HtmlPage {
 public:
  struct Doctype {
    bool present = false;
    std::string_view name;
    std::string_view public_id;
    std::string_view system_id;
  };

  /// Any bytes; `bytes` within the limits of check_html() (size, depth), or this takes long and much stack.
  explicit HtmlPage(std::string bytes);
  ~HtmlPage();
  HtmlPage(HtmlPage&& other) noexcept;
  HtmlPage& operator=(HtmlPage&& other) = delete;

  std::string_view bytes() const;
  const std::vector<HtmlElement>& elements() const { return elements_; }
  const std::vector<SyntaxError>& errors() const { return errors_; }
  const Doctype& doctype() const { return doctype_; }
  /// Offsets of texts that the parser moved out of a table, which can hold none.
  const std::vector<std::size_t>& moved_texts() const { return moved_texts_; }
  TextPlace place(std::size_t offset) const { return places_.at(offset); }
  /// What stands between its tags, as it is written: the source of a script or a style sheet.
  std::string_view content(const HtmlElement& element) const;
  /// Its text and that of its descendants, character references resolved.
  std::string text(const HtmlElement& element) const;
  const HtmlElement* parent_of(const HtmlElement& element) const {
    return element.parent == HtmlElement::kNone ? nullptr : &elements_[element.parent];
  }

 private:
  struct Tree;
  void find_moved_texts();

  std::unique_ptr<Tree> tree_;
  TextPlaces places_;
  std::vector<HtmlElement> elements_;
  std::vector<SyntaxError> errors_;
  Doctype doctype_;
  std::vector<std::size_t> moved_texts_;
};

}  // namespace smbatcher
