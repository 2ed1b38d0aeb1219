#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace smbatcher::test {

/// Markdown that is hard to read: tables with long runs of rows beside, above and inside of everything that could end
/// them, hide them or be mistaken for them.
///
/// Every choice is made by `below(n)`, a number under n: random numbers in a test, the input's bytes in a fuzzer.
class MarkdownGenerator {
 public:
  using Choice = std::function<std::size_t(std::size_t)>;

  explicit MarkdownGenerator(Choice below) : below_(std::move(below)) {}

  std::string document();

 private:
  const std::string& one_of(const std::vector<std::string>& values) { return values[below_(values.size())]; }
  bool chance(std::size_t one_in) { return below_(one_in) == 0; }

  /// One line with the containers' prefix and a line end.
  void line(std::string_view text);
  void block();
  void table();
  void run();            // lines that begin with a pipe, table or not
  void row();            // one of them
  void stray();          // a line that may end a table, in the middle of one
  void open_or_close();  // a fence, a comment, an HTML block
  void enter_or_leave_container();
  std::string cell();

  Choice below_;
  std::string text_;
  std::string end_;
  std::string first_prefix_;  // of the next line: a list marker stands only there
  std::string prefix_;
  bool calm_ = false;    // in a run that nothing but its cells disturbs
  bool closes_ = false;  // in a run whose cells may close what hides tables
};

}  // namespace smbatcher::test
