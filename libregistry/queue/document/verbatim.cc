#include "libregistry/queue/document/verbatim.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include <cmark-gfm.h>

#include "libregistry/core/base/text.h"
#include "libregistry/queue/document/collapse.h"
#include "libregistry/queue/document/markdown_tree.h"

namespace smbatcher {
namespace {

std::string_view literal_of(cmark_node* node) {
  const char* literal = cmark_node_get_literal(node);
  return literal == nullptr ? std::string_view() : std::string_view(literal);
}

bool is_closing_fence(std::string_view line, char fence) {
  const std::size_t mark = line.find_first_not_of("> \t");
  return mark != std::string_view::npos && line.substr(mark).starts_with(std::string(3, fence));
}

/// True when the HTML block is one that shows nothing, or its text as it is, and has its end.
bool is_hidden_html(std::string_view html) {
  const std::string lower = to_lower(html.substr(std::min(html.find_first_not_of(" \t"), html.size())));
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kEnds{{{"<!--", "-->"},
                                                                                {"<pre", "</pre>"},
                                                                                {"<script", "</script>"},
                                                                                {"<style", "</style>"},
                                                                                {"<textarea", "</textarea>"}}};
  for (const auto& [begin, end] : kEnds) {
    if (lower.starts_with(begin)) {
      return lower.find(end, begin.size()) != std::string::npos;
    }
  }
  return false;
}

/// Fills the list from a walk through the tree.
class VerbatimCollector {
 public:
  VerbatimCollector(const Lines& lines, const Collapsed& collapsed)
      : shown_(collapsed.text()), collapsed_(collapsed), end_(lines.count()) {}

  void take(cmark_node* node) {
    const auto first = static_cast<std::size_t>(cmark_node_get_start_line(node));
    const std::size_t count = Lines(literal_of(node)).count();
    if (cmark_node_get_type(node) == CMARK_NODE_CODE_BLOCK) {
      int length = 0;
      int offset = 0;
      char fence = 0;
      if (cmark_node_get_fenced(node, &length, &offset, &fence) == 0) {
        add(first, first + count - 1, true);
      } else if ((first + count < shown_.count() && is_closing_fence(shown_.text(first + count + 1), fence)) ||
                 collapsed_.original(first + count) < end_) {  // the list item or quote that it stands in ends it
        add(first, first + count, false);
      }
    } else if (cmark_node_get_type(node) == CMARK_NODE_HTML_BLOCK && is_hidden_html(literal_of(node))) {
      add(first, first + count - 1, false);
    }
  }

  /// In the order of the document: cmark-gfm moves footnotes to its end.
  std::vector<VerbatimLines> found() {
    std::sort(found_.begin(), found_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    return std::move(found_);
  }

 private:
  void add(std::size_t first, std::size_t last, bool indented) {
    found_.push_back({collapsed_.original(first), collapsed_.original(last), indented});
  }

  Lines shown_;
  const Collapsed& collapsed_;
  std::size_t end_;
  std::vector<VerbatimLines> found_;
};

}  // namespace

Result<std::vector<VerbatimLines>> find_verbatim_lines(const Lines& lines, const std::string& path) {
  const Collapsed collapsed(lines);
  SMB_TRY_ASSIGN(const MarkdownTree tree, MarkdownTree::parse(collapsed.text(), path));
  VerbatimCollector collector(lines, collapsed);
  tree.walk([&](cmark_node* node, bool enter) {
    if (enter) {
      collector.take(node);
    }
  });
  return collector.found();
}

}  // namespace smbatcher
