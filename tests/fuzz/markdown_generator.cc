#include "tests/fuzz/markdown_generator.h"

namespace smbatcher::test {
namespace {

const std::vector<std::string> kLineEnds{"\n", "\n", "\n", "\r\n", "\r"};

// Beginnings and ends of what hides tables, and what a row could be mistaken for.
const std::vector<std::string> kOpeners{"```", "~~~", "```md",     "````",  "<!--",   "<pre>", "<script>",   "<style>",
                                        "<?",  "<!X", "<![CDATA[", "<div>", "</div>", "<x-y>", "[a]: /u \"", "[b]:"};
const std::vector<std::string> kClosers{"```", "~~~", "````", "-->", "</pre>", "</script>", "?>", ">", "]]>", "\"", ""};
const std::vector<std::string> kStrays{"",
                                       "   ",
                                       "\t",
                                       "text",
                                       "text | with pipe",
                                       "# head",
                                       "===",
                                       "---",
                                       "***",
                                       "- item",
                                       "1. item",
                                       "> quote",
                                       "    code",
                                       "\tcode",
                                       "[a]: /u",
                                       "[a]: /u 't'",
                                       "-",
                                       "=",
                                       "+",
                                       "\\| escaped",
                                       "\xC2\xA0",
                                       "\v",
                                       "\f",
                                       "* * *",
                                       "[a]: <b> |",
                                       "<b>",
                                       "&vert; x |",
                                       "10) item",
                                       "```x```",
                                       "|-",
                                       "-|-",
                                       ":-:",
                                       "|:-:|-|",
                                       "| - | - |",
                                       "[^1]: note",
                                       "[^1]:",
                                       "[^2]: | a | b |",
                                       "- [ ] task",
                                       "- [x] | a | b |",
                                       "x[^1] [^2]"};
const std::vector<std::string> kPlainCells{
    "a.example", "O",         "`O`",     "**i**", "~~-~~",  "x\\|y",       "`",
    "``",        "<!--",      "<pre",    "```",   "[a]: b", "[a]",         "[l](u)",
    "\\",        "\\\\",      "-",       ":-",    "",       " ",           "\t",
    "&lt;",      "*",         "_",       "_1_",   "\v",     "caf\xC3\xA9", "\xC2\xA0",
    "<?",        "<![CDATA[", "![a](b)", "~",     "&#124;", "a@b.example", "www.a.example",
    "x[^1]",     "[x][a]",    "[b][]"};
const std::vector<std::string> kClosingCells{"-->", "</pre>", "?>", "]]>", "<br>", "<https://a.example>", ">"};
const std::vector<std::string> kIndents{"", "", "", "", "", " ", "  ", "   ", "    ", "\t"};
const std::vector<std::string> kDelimiters{"-", "---", ":-:", ":-", "-:", " - ", " :---: "};

struct Container {
  std::string first;
  std::string rest;
};
const std::vector<Container> kContainers{{"> ", "> "},     {">", ">"},       {"- ", "  "},     {"-\t", "\t"},
                                         {"10. ", "    "}, {"> - ", ">   "}, {"- > ", "  > "}, {"-    ", "     "}};

}  // namespace

std::string MarkdownGenerator::document() {
  text_.clear();
  prefix_.clear();
  first_prefix_.clear();
  end_ = one_of(kLineEnds);
  for (std::size_t blocks = 1 + below_(6); blocks > 0; --blocks) {
    block();
  }
  while (chance(4) && !text_.empty() && (text_.back() == '\n' || text_.back() == '\r')) {
    text_.pop_back();
  }
  return std::move(text_);
}

void MarkdownGenerator::line(std::string_view text) {
  // A line without its prefix may go on with a paragraph all the same, or end the container.
  text_ += !calm_ && chance(40) ? "" : first_prefix_;
  first_prefix_ = prefix_;
  text_ += text;
  text_ += !calm_ && chance(60) ? one_of(kLineEnds) : end_;
}

void MarkdownGenerator::block() {
  switch (below_(8)) {
    case 0:
      enter_or_leave_container();
      break;
    case 1:
      open_or_close();
      break;
    case 2:
      stray();
      break;
    case 3:
      run();
      break;
    default:
      table();
  }
  if (!chance(3)) {
    line("");
  }
}

void MarkdownGenerator::table() {
  if (chance(3)) {
    stray();
  }
  const std::size_t columns = 1 + below_(4);
  std::string header = chance(4) ? "" : "|";
  std::string delimiters = chance(4) ? "" : "|";
  for (std::size_t i = 0; i < columns; ++i) {
    header += "h" + std::string(i + 1 < columns || !chance(4) ? "|" : "");
    delimiters += one_of(kDelimiters) + (i + 1 < columns || !chance(4) ? "|" : "");
  }
  line(one_of(kIndents) + header);
  line(one_of(kIndents) + delimiters + (chance(12) ? "-|" : ""));
  run();
}

void MarkdownGenerator::run() {
  // Short runs are read as they are; long ones are where reading fewer lines could go wrong.
  calm_ = chance(2);
  closes_ = chance(4);
  for (std::size_t rows = chance(3) ? below_(4) : 6 + below_(30); rows > 0; --rows) {
    if (!calm_ && chance(16)) {
      stray();
    } else {
      row();
    }
  }
  calm_ = false;
}

void MarkdownGenerator::row() {
  std::string text = !calm_ && chance(8) ? one_of(kIndents) : "";
  text += !calm_ && chance(30) ? "" : "|";
  for (std::size_t cells = chance(10) ? below_(7) : 2; cells > 0; --cells) {
    text += (chance(2) ? " " : "") + cell() + (cells > 1 || !chance(6) ? "|" : "");
  }
  line(text + (chance(8) ? one_of({" ", "\t", "  ", "\\"}) : ""));
}

void MarkdownGenerator::stray() {
  if (chance(4)) {
    open_or_close();
  } else {
    line(one_of(kStrays));
  }
}

void MarkdownGenerator::open_or_close() { line(one_of(kIndents) + one_of(chance(2) ? kOpeners : kClosers)); }

void MarkdownGenerator::enter_or_leave_container() {
  if (chance(2)) {
    prefix_.clear();
    first_prefix_.clear();
    return;
  }
  const Container& container = kContainers[below_(kContainers.size())];
  first_prefix_ = prefix_ + container.first;
  prefix_ += container.rest;
}

std::string MarkdownGenerator::cell() {
  std::string text = one_of(kPlainCells);
  while (chance(3)) {
    text += " " + one_of(closes_ && chance(3) ? kClosingCells : kPlainCells);
  }
  return text;
}

}  // namespace smbatcher::test
