#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libregistry/queue/document/document.h"

namespace smbatcher::test {

/// What one reader promises for any bytes at all.
///
/// Each *_target.cc defines this function once. libfuzzer.cc makes a fuzzer of it (`make fuzz`), corpus_test.cc a test
/// that runs it over tests/fuzz/corpus/<target>/ and over mutations of what is there (`make test`).
///
/// The answer says which promise `input` breaks, and how; it is empty when all are kept. An exception, a failed
/// assertion and whatever a sanitizer sees are broken promises, too.
std::string broken_promise(std::string_view input);

/// What one splice must keep: the bytes between the given ranges, before the first and after the last. `old_ranges`
/// and `new_ranges` are in order. Empty when they are the same, else what differs.
inline std::string difference_outside(std::string_view before, const std::vector<ByteRange>& old_ranges,
                                      std::string_view after, const std::vector<ByteRange>& new_ranges) {
  if (old_ranges.size() != new_ranges.size()) {
    return "the change has another number of cells than planned";
  }
  std::size_t old_at = 0;
  std::size_t new_at = 0;
  for (std::size_t i = 0; i <= old_ranges.size(); ++i) {
    const bool last = i == old_ranges.size();
    const std::size_t old_end = last ? before.size() : old_ranges[i].begin;
    const std::size_t new_end = last ? after.size() : new_ranges[i].begin;
    if (before.substr(old_at, old_end - old_at) != after.substr(new_at, new_end - new_at)) {
      return "bytes outside of the planned cells differ, from byte " + std::to_string(old_at) + " on";
    }
    old_at = last ? old_end : old_ranges[i].end;
    new_at = last ? new_end : new_ranges[i].end;
  }
  return "";
}

}  // namespace smbatcher::test
