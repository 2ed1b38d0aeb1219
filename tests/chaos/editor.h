#pragma once

#include <map>
#include <mutex>
#include <random>
#include <stop_token>
#include <string>
#include <vector>

#include "tests/chaos/evidence.h"
#include "tests/support/temp_dir.h"

namespace smbatcher::test {

/// Where the editor puts its lines.
inline constexpr const char* kNotesBelow = "Notes of the day:\n";

/// A person's editor, which knows nothing of locks: it reads the registry, adds a numbered line of prose and a remark
/// in the last column of a row, and saves, by rename and by truncating in turn.
class Editor {
 public:
  /// `folder` is the registry's. While `disk` is taken, the disk is full: an editor that truncated a file then would
  /// lose it by its own doing.
  Editor(const TempDir& dir, std::string folder, std::mutex& disk, unsigned seed)
      : dir_(&dir), folder_(std::move(folder)), disk_(&disk), random_(seed) {}
  void live(const std::stop_token& stop);

  const std::vector<Save>& saves() const { return saves_; }
  /// Writes that went into a file which had no name any more when they were done: nothing is promised for them.
  int too_late() const { return too_late_; }
  /// What it saved and is neither in the registry nor in a copy that was kept.
  std::vector<std::string> lost() const;
  /// The copies that were kept.
  std::vector<std::string> conflict_copies() const;

 private:
  void edit();
  bool save(const std::string& text, bool by_rename);
  /// Half of the time nothing, else the moment in which a tool is about to publish: a new text has just got the name
  /// that comes before the exchange, or the displaced one its own.
  void wait_for_moment();

  const TempDir* dir_;
  std::string folder_;
  std::mutex* disk_;
  std::mt19937 random_;
  int number_ = 0;
  int too_late_ = 0;
  std::vector<Save> saves_;
  std::vector<std::string> lines_;              // all that were saved
  std::map<std::string, std::string> remarks_;  // the last that was saved, by domain
};

}  // namespace smbatcher::test
