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
  /// A line that stays, above what is shown.
  void say(const std::string& text);
  /// True when somebody looks.
  bool is_shown() const { return is_shown_; }

 private:
  bool is_shown_;
  std::string last_;
};

}  // namespace smbatcher
