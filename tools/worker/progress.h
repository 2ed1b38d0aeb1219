#pragma once

#include <string>

namespace smbatcher {

/// One line on a terminal that tells how far long work is; nothing where nobody looks.
class Progress {
 public:
  /// `wanted`: the answer is for people.
  explicit Progress(bool wanted);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// Leaves an empty line for the answer.
  ~Progress() { show(""); }

  /// Puts `text` in the place of what was shown; cut to the width of a terminal.
  void show(const std::string& text);

 private:
  bool is_shown_;
  std::string last_;
};

}  // namespace smbatcher
