#include "libregistry/queue/document/labels.h"

#include <algorithm>
#include <iterator>

#include "libregistry/core/base/text.h"
#include "libregistry/queue/document/markdown.h"

namespace smbatcher {
namespace {

constexpr std::size_t kLongestLabel = 1000;  // as in CommonMark

/// In lower case, blanks as one: how labels are compared, but for letters beyond ASCII.
std::string normalized(std::string_view label) {
  std::string result;
  for (const char c : trim(label)) {
    const bool is_blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!is_blank || !result.ends_with(' ')) {
      result += is_blank ? ' ' : c;
    }
  }
  return to_lower(result);
}

bool is_ascii(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return (c & '\x80') != 0; });
}

/// What looks like a definition in `text`, "[label]:", normalized. It may stand in a code block, where it is none.
std::set<std::string> candidates_in(std::string_view text) {
  std::set<std::string> candidates;
  for (std::size_t end = text.find("]:"); end != std::string_view::npos; end = text.find("]:", end + 1)) {
    const std::size_t from = end > kLongestLabel ? end - kLongestLabel : 0;
    const std::string_view before = text.substr(from, end - from);
    std::size_t bracket = before.rfind('[');
    while (bracket != std::string_view::npos && bracket > 0 && before[bracket - 1] == '\\') {
      bracket = before.substr(0, bracket).rfind('[');
    }
    if (bracket != std::string_view::npos) {
      candidates.insert(normalized(text.substr(from + bracket + 1, end - from - bracket - 1)));
    }
  }
  return candidates;
}

/// The pipe of `\|` has lost its backslash when cmark-gfm reads a cell.
std::string outside_of_a_cell(std::string_view label) {
  std::string result;
  for (std::size_t i = 0; i < label.size(); ++i) {
    if (label.substr(i, 2) != "\\|") {
      result += label[i];
    }
  }
  return result;
}

}  // namespace

std::vector<std::string_view> labels_in(std::string_view content) {
  std::vector<std::string_view> labels;
  std::size_t open = std::string_view::npos;
  for (std::size_t i = content.find('['); i < content.size(); ++i) {
    if (content[i] == '\\') {
      ++i;
    } else if (content[i] == '[') {
      open = i + 1;
    } else if (content[i] == ']' && open != std::string_view::npos) {
      if (i > open && i - open <= kLongestLabel) {
        labels.push_back(content.substr(open, i - open));
      }
      open = std::string_view::npos;
    }
  }
  return labels;
}

Result<DefinedLabels> DefinedLabels::find(const std::set<std::string_view>& asked, std::string_view text,
                                          const std::string& path) {
  DefinedLabels labels;
  const std::set<std::string> candidates = asked.empty() ? std::set<std::string>() : candidates_in(text);
  std::vector<std::string_view> likely;
  std::copy_if(asked.begin(), asked.end(), std::back_inserter(likely), [&](std::string_view label) {
    return !candidates.empty() && (!is_ascii(label) || candidates.contains(normalized(outside_of_a_cell(label))));
  });
  if (likely.empty()) {
    return labels;
  }
  SMB_TRY_ASSIGN(const std::vector<bool> defined, are_defined(likely, text, path));
  for (std::size_t i = 0; i < likely.size(); ++i) {
    if (defined[i]) {
      labels.defined_.emplace(likely[i]);
    }
  }
  return labels;
}

std::string DefinedLabels::definitions_for(std::string_view content) const {
  std::string definitions;
  if (!defined_.empty()) {
    for (const std::string_view label : labels_in(content)) {
      definitions += defined_.contains(label) ? "[" + outside_of_a_cell(label) + "]: /\n\n" : "";
    }
  }
  return definitions;
}

}  // namespace smbatcher
