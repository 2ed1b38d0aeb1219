#pragma once

#include <string>
#include <vector>

#include "libregistry/core/base/result.h"
#include "libregistry/core/base/warning.h"
#include "libregistry/core/fs/file_ops.h"

namespace smbatcher {

/// What is known of the change that the leftover files belong to.
struct LeftoverFacts {
  std::string hash_before;
  std::string hash_after;
  std::string hash_now;
  bool took_effect = true;  // false: the change was voided
};

/// Deletes what a replacement left beside `target`, and keeps what a person saved there.
///
/// .NAME.part is always ours and unfinished. .NAME.next and .NAME.prev are ours when they hold the text after their
/// change, or the text before it and that change is in force (or `target` still has it): any other text is an
/// editor's save into the displaced file, kept as NAME.conflict-<time>. Answers a warning for each that was kept.
Result<std::vector<Warning>> clear_leftovers(FileOps& ops, const std::string& target, const LeftoverFacts& facts);

}  // namespace smbatcher
