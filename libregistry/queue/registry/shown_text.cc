#include "libregistry/queue/registry/shown_text.h"

#include "libregistry/core/base/fold_case.h"

namespace smbatcher {

std::string quote_cell(std::string_view text) {
  constexpr std::size_t kMost = 60;
  std::size_t end = text.size();
  if (end > kMost) {
    end = kMost;
    while ((text[end] & '\xC0') == '\x80') {
      --end;
    }
  }
  const std::string points = unusual_code_points(text);
  return "'" + std::string(text.substr(0, end)) + (end < text.size() ? "…'" : "'") +
         (points.empty() ? "" : " (with " + points + ")");
}

std::optional<Status> ShownStatuses::of(std::string_view content) {
  if (content.size() == 1) {
    return status_of(content);
  }
  if (content.empty()) {
    return Status::kRegistered;
  }
  constexpr std::size_t kLongest = 1024;
  if (content.size() > kLongest) {
    return std::nullopt;
  }
  const auto known = decorated_.find(content);
  if (known != decorated_.end()) {
    return known->second;
  }
  const std::string shown = document_.shown(content);
  return decorated_.emplace(content, shown.empty() ? std::optional(Status::kRegistered) : status_of(shown))
      .first->second;
}

}  // namespace smbatcher
