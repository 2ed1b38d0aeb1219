#include "libregistry/sites/html/depth.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "libregistry/sites/html/scan.h"
#include "libregistry/sites/html/vocabulary.h"

namespace smbatcher {
namespace {

/// Never nested in themselves without one of the others between.
constexpr auto kUncounted =
    std::to_array<std::string_view>({"html", "head", "body", "p", "li", "dd", "dt", "option", "tr", "td", "th", "thead",
                                     "tbody", "tfoot", "caption", "colgroup"});
/// The parser opens these again in every block until they are closed themselves.
constexpr auto kFormatting = std::to_array<std::string_view>(
    {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"});
/// Closing one of these opens it anew behind more open elements than this.
constexpr std::size_t kAdoptionLimit = 7;

class OpenTags {
 public:
  std::size_t levels() const { return blocks_.size() + formatting_.size(); }
  std::size_t formatting() const { return formatting_.size(); }

  void open(const ScannedTag& tag) {
    const bool foreign = foreign_ > 0;
    if (is_void_element(tag.name) || (foreign && tag.self_closing) || (!foreign && contains(kUncounted, tag.name))) {
      return;
    }
    if (!foreign && contains(kFormatting, tag.name)) {
      if (tag.name == "a" || tag.name == "nobr") {
        close_formatting(tag.name);
      }
      formatting_.push_back({tag.name, blocks_.size()});
      return;
    }
    if (is_heading(tag.name) && !blocks_.empty() && is_heading(blocks_.back())) {
      blocks_.pop_back();
    }
    if (tag.self_closing && is_foreign(tag.name)) {
      return;
    }
    foreign_ += is_foreign(tag.name) ? 1U : 0U;
    blocks_.push_back(tag.name);
  }

  void close(const ScannedTag& tag) {
    if (contains(kFormatting, tag.name) && close_formatting(tag.name)) {
      return;
    }
    const auto found = std::find(blocks_.rbegin(), blocks_.rend(), tag.name);
    if (found == blocks_.rend()) {
      return;
    }
    const auto first = found.base() - 1;
    foreign_ -= static_cast<std::size_t>(std::count_if(first, blocks_.end(), is_foreign));
    blocks_.erase(first, blocks_.end());
  }

 private:
  struct Formatting {
    std::string name;
    std::size_t blocks;  // that were open
  };

  static bool is_foreign(std::string_view name) { return name == "svg" || name == "math"; }
  static bool is_heading(std::string_view name) {
    return name.size() == 2 && name[0] == 'h' && name[1] >= '1' && name[1] <= '6';
  }

  bool close_formatting(std::string_view name) {
    const auto found = std::find_if(formatting_.rbegin(), formatting_.rend(),
                                    [name](const Formatting& open) { return open.name == name; });
    if (found == formatting_.rend() || blocks_.size() > found->blocks + kAdoptionLimit) {
      return false;
    }
    formatting_.erase(found.base() - 1);
    return true;
  }

  std::vector<std::string> blocks_;
  std::vector<Formatting> formatting_;
  std::size_t foreign_ = 0;
};

}  // namespace

Depth measure_depth(std::string_view html, std::size_t limit) {
  Depth depth;
  OpenTags open;
  scan_tags(html, [&](const ScannedTag& tag) {
    depth.reopened += open.formatting();
    if (depth.reopened > kMostReopened) {
      depth.exceeded_at = tag.begin;
      depth.by_reopening = true;
      return false;
    }
    if (tag.is_end) {
      open.close(tag);
      return true;
    }
    open.open(tag);
    depth.levels = std::max(depth.levels, open.levels());
    if (depth.levels > limit) {
      depth.exceeded_at = tag.begin;
      return false;
    }
    return true;
  });
  return depth;
}

}  // namespace smbatcher
