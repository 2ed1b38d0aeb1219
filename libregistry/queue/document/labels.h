#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/base/result.h"

namespace smbatcher {

/// What stands in brackets without brackets in it: "[a][b]" has the labels a and b. Each may name a link or a footnote
/// that is defined elsewhere.
std::vector<std::string_view> labels_in(std::string_view content);

/// The labels that a document defines, of those that its cells have. A cell is read alone, and "[a.example][1]" shows
/// "a.example" only where the label 1 is defined.
class DefinedLabels {
 public:
  DefinedLabels() = default;
  /// Those of `asked` that `text` defines, as cmark-gfm says. Errors: those of MarkdownTree::parse.
  static Result<DefinedLabels> find(const std::set<std::string_view>& asked, std::string_view text,
                                    const std::string& path);

  bool empty() const { return defined_.empty(); }
  /// Markdown that defines the labels of `content` as the document does.
  std::string definitions_for(std::string_view content) const;

 private:
  std::set<std::string, std::less<>> defined_;
};

}  // namespace smbatcher
