#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <cmark-gfm.h>

#include "libregistry/core/base/result.h"

namespace smbatcher {

class ParseMemory;

/// What cmark-gfm makes of a text, read as GitHub reads it: with tables, strikethrough, autolinks, task lists,
/// footnotes and the tag filter.
///
/// Its nodes lie in memory of their own, which is bounded and freed in one piece: small texts exist of which cmark-gfm
/// would make gigabytes (references to a long link, rows that it fills up), and each such kind cannot be known before.
class MarkdownTree {
 public:
  static constexpr std::size_t kMostMemory = std::size_t{384} * 1024 * 1024;

  /// The text is valid UTF-8 without NUL. Errors: kMalformed "document_too_complex" naming `path`, when the tree would
  /// take more than kMostMemory.
  static Result<MarkdownTree> parse(std::string_view text, const std::string& path);

  MarkdownTree(MarkdownTree&& other) noexcept;
  MarkdownTree& operator=(MarkdownTree&&) = delete;
  ~MarkdownTree();

  /// Calls `visit(node, true)` for each node, depth first, and `visit(node, false)` after its children.
  template <class Visit>
  void walk(Visit visit) const {
    const Reading reading(*memory_);
    for (cmark_node* node = root_; node != nullptr;) {
      visit(node, true);
      if (cmark_node* child = cmark_node_first_child(node); child != nullptr) {
        node = child;
        continue;
      }
      while (node != nullptr) {
        visit(node, false);
        if (cmark_node* next = cmark_node_next(node); next != nullptr) {
          node = next;
          break;
        }
        node = cmark_node_parent(node);
      }
    }
  }

 private:
  /// cmark-gfm makes copies of what it is asked for; this says from which memory.
  class Reading {
   public:
    explicit Reading(ParseMemory& memory);
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;
    ~Reading();
  };

  MarkdownTree(std::unique_ptr<ParseMemory> memory, cmark_node* root);

  std::unique_ptr<ParseMemory> memory_;
  cmark_node* root_ = nullptr;
};

}  // namespace smbatcher
