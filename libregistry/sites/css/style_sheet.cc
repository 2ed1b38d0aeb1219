#include "libregistry/sites/css/style_sheet.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "libregistry/core/base/text.h"

namespace smbatcher {
namespace {

using Kind = CssToken::Kind;

std::optional<Kind> closer_of(Kind kind) {
  switch (kind) {
    case Kind::kFunction:
    case Kind::kOpenParen:
      return Kind::kCloseParen;
    case Kind::kOpenSquare:
      return Kind::kCloseSquare;
    case Kind::kOpenCurly:
      return Kind::kCloseCurly;
    default:
      return std::nullopt;
  }
}

/// Without blanks around and without "!important".
std::vector<CssToken> value_of(std::vector<CssToken> tokens) {
  const auto drop_blanks = [&tokens] {
    while (!tokens.empty() && tokens.back().is(Kind::kWhitespace)) {
      tokens.pop_back();
    }
  };
  drop_blanks();
  if (!tokens.empty() && tokens.back().is(Kind::kIdent) && to_lower(tokens.back().text) == "important") {
    const std::vector<CssToken> before = tokens;
    tokens.pop_back();
    drop_blanks();
    if (!tokens.empty() && tokens.back().is_delim('!')) {
      tokens.pop_back();
      drop_blanks();
    } else {
      tokens = before;
    }
  }
  const auto first =
      std::find_if(tokens.begin(), tokens.end(), [](const CssToken& token) { return !token.is(Kind::kWhitespace); });
  tokens.erase(tokens.begin(), first);
  return tokens;
}

using Tokens = std::vector<CssToken>;
using Part = Tokens::const_iterator;

/// The parts between the commas that no parenthesis or bracket surrounds.
std::vector<std::pair<Part, Part>> parts_of(const Tokens& tokens) {
  std::vector<std::pair<Part, Part>> parts;
  auto begin = tokens.begin();
  std::size_t depth = 0;
  for (auto at = tokens.begin(); at != tokens.end(); ++at) {
    if (closer_of(at->kind)) {
      ++depth;
    } else if (at->is(Kind::kCloseParen) || at->is(Kind::kCloseSquare)) {
      depth -= depth > 0 ? 1 : 0;
    } else if (at->is(Kind::kComma) && depth == 0) {
      parts.emplace_back(begin, at);
      begin = at + 1;
    }
  }
  parts.emplace_back(begin, tokens.end());
  return parts;
}

/// Whether each query of the list begins with `print`.
bool is_print(const Tokens& media) {
  const auto parts = parts_of(media);
  return std::all_of(parts.begin(), parts.end(), [](const auto& part) {
    const auto is_type = [](const CssToken& token) {
      return !token.is(Kind::kWhitespace) && !(token.is(Kind::kIdent) && to_lower(token.text) == "only");
    };
    const auto type = std::find_if(part.first, part.second, is_type);
    return type != part.second && type->is(Kind::kIdent) && to_lower(type->text) == "print";
  });
}

std::vector<std::string> names_in(Part begin, Part end) {
  std::vector<std::string> names;
  std::size_t depth = 0;
  for (auto at = begin; at != end; ++at) {
    const CssToken* const before = at == begin ? nullptr : &*(at - 1);
    if (closer_of(at->kind)) {
      ++depth;
    } else if (at->is(Kind::kCloseParen) || at->is(Kind::kCloseSquare)) {
      depth -= depth > 0 ? 1 : 0;
    } else if (depth > 0) {
      continue;
    } else if (at->is(Kind::kHash) || (at->is(Kind::kIdent) && before != nullptr && before->is_delim('.'))) {
      names.push_back(at->text);
    }
  }
  return names;
}

class Parser {
 public:
  Parser(std::string_view text, std::size_t source) : tokens_(tokenize_css(text)) {
    for (CssToken& token : tokens_) {
      token.source = source;
      if (token.is(Kind::kBadString)) {
        sheet_.faults.push_back(
            {token.begin, "the text in quotes ends with the line: close it, or escape the line end"});
      } else if (token.is(Kind::kBadUrl)) {
        sheet_.faults.push_back(
            {token.begin, "url(…) holds a blank, a quote or a parenthesis: put the address in quotes"});
      }
    }
  }

  StyleSheet run(bool is_attribute) && {
    is_attribute_ = is_attribute;
    while (at_ < tokens_.size()) {
      read_statement();
    }
    for (const Block& block : blocks_) {
      sheet_.faults.push_back({block.begin, "'{' is not closed"});
    }
    std::stable_sort(sheet_.faults.begin(), sheet_.faults.end(),
                     [](const CssFault& a, const CssFault& b) { return a.begin < b.begin; });
    return std::move(sheet_);
  }

 private:
  struct Block {
    std::string name;      // of the at-rule
    std::string property;  // of @property
    std::size_t begin = 0;
    std::size_t number = 0;
    bool for_print = false;
    std::optional<std::size_t> rule;
  };

  bool has_declarations() const { return is_attribute_ || !blocks_.empty(); }

  void read_statement() {
    const CssToken& token = tokens_[at_];
    if (token.is(Kind::kAtKeyword)) {
      read_at_rule();
    } else if (token.is(Kind::kCloseCurly)) {
      ++at_;
      if (!blocks_.empty()) {
        blocks_.pop_back();
      } else {
        sheet_.faults.push_back({token.begin, "'}' closes nothing"});
      }
    } else if (token.is(Kind::kWhitespace) || token.is(Kind::kSemicolon) || token.is(Kind::kCdo) ||
               token.is(Kind::kCdc)) {
      ++at_;
    } else if (!has_declarations() || !read_declaration()) {
      read_prelude({});
    }
  }

  /// Moves past one token, and past all of a block that it opens.
  void skip_component() {
    std::vector<std::size_t> open;
    do {
      const Kind kind = tokens_[at_].kind;
      if (!open.empty() && kind == *closer_of(tokens_[open.back()].kind)) {
        open.pop_back();
      } else if (closer_of(kind)) {
        open.push_back(at_);
      }
      ++at_;
    } while (!open.empty() && at_ < tokens_.size());
    if (!open.empty()) {
      sheet_.faults.push_back({tokens_[open.back()].begin, "a parenthesis or bracket is not closed"});
    }
  }

  std::size_t next_of(std::size_t index) const {
    do {
      ++index;
    } while (index < tokens_.size() && tokens_[index].is(Kind::kWhitespace));
    return index;
  }

  /// False, and nothing read, when a rule stands here.
  bool read_declaration() {
    const std::size_t begin = at_;
    const std::size_t colon = next_of(begin);
    if (!tokens_[begin].is(Kind::kIdent) || colon >= tokens_.size() || !tokens_[colon].is(Kind::kColon)) {
      return false;
    }
    const std::size_t faults = sheet_.faults.size();
    const bool is_custom = tokens_[begin].text.starts_with("--");
    at_ = colon + 1;
    while (at_ < tokens_.size() && !tokens_[at_].is(Kind::kSemicolon) && !tokens_[at_].is(Kind::kCloseCurly)) {
      if (tokens_[at_].is(Kind::kOpenCurly) && !is_custom && !is_attribute_) {
        at_ = begin;
        sheet_.faults.resize(faults);
        return false;
      }
      skip_component();
    }
    CssDeclaration declaration;
    declaration.property = is_custom ? tokens_[begin].text : to_lower(tokens_[begin].text);
    declaration.begin = tokens_[begin].begin;
    if (!blocks_.empty()) {
      declaration.block = blocks_.back().name;
      declaration.block_number = blocks_.back().number;
      declaration.for_print = blocks_.back().for_print;
      declaration.rule = blocks_.back().rule;
      if (declaration.block == "property" && declaration.property == "initial-value") {
        declaration.property = blocks_.back().property;
      }
    }
    declaration.value = value_of(
        {tokens_.begin() + static_cast<std::ptrdiff_t>(colon + 1), tokens_.begin() + static_cast<std::ptrdiff_t>(at_)});
    sheet_.declarations.push_back(std::move(declaration));
    return true;
  }

  /// What stands before a block, and its brace; or up to a semicolon, or to the end of the block around.
  void read_prelude(Block block) {
    const std::size_t begin = at_;
    while (at_ < tokens_.size()) {
      const CssToken& token = tokens_[at_];
      if (token.is(Kind::kOpenCurly)) {
        block.begin = token.begin;
        open(std::move(block), begin);
        ++at_;
        return;
      }
      if (token.is(Kind::kCloseCurly) && !blocks_.empty()) {
        return;
      }
      const bool ends = token.is(Kind::kSemicolon) && (has_declarations() || !block.name.empty());
      skip_component();
      if (ends) {
        return;
      }
    }
  }

  /// `prelude` is where what stands before the brace begins.
  void open(Block block, std::size_t prelude) {
    const Tokens before(tokens_.begin() + static_cast<std::ptrdiff_t>(prelude),
                        tokens_.begin() + static_cast<std::ptrdiff_t>(at_));
    block.number = ++last_block_;
    if (!blocks_.empty()) {
      block.for_print = blocks_.back().for_print;
      block.rule = blocks_.back().rule;
    }
    if (block.name == "media") {
      block.for_print = block.for_print || is_print(before);
    } else if (block.name.empty()) {
      CssRule rule;
      rule.parent = block.rule;
      for (const auto& [first, last] : parts_of(before)) {
        rule.selectors.push_back(names_in(first, last));
      }
      block.rule = sheet_.rules.size();
      sheet_.rules.push_back(std::move(rule));
    }
    blocks_.push_back(std::move(block));
  }

  void read_at_rule() {
    Block block;
    block.name = to_lower(tokens_[at_].text);
    const std::size_t begin = tokens_[at_].begin;
    const std::size_t next = next_of(at_);
    ++at_;
    if (block.name == "property" && next < tokens_.size() && tokens_[next].is(Kind::kIdent)) {
      block.property = tokens_[next].text;
    }
    if (block.name == "import" && next < tokens_.size()) {
      const CssToken& target = tokens_[next];
      const bool is_function = target.is(Kind::kFunction) && to_lower(target.text) == "url";
      const std::size_t inside = is_function ? next_of(next) : next;
      if (inside < tokens_.size() && (tokens_[inside].is(Kind::kString) || tokens_[inside].is(Kind::kUrl))) {
        sheet_.imports.push_back({tokens_[inside].text, begin});
      }
    }
    read_prelude(std::move(block));
  }

  std::vector<CssToken> tokens_;
  std::size_t at_ = 0;
  bool is_attribute_ = false;
  std::vector<Block> blocks_;
  std::size_t last_block_ = 0;
  StyleSheet sheet_;
};

}  // namespace

StyleSheet parse_style_sheet(std::string_view text, std::size_t source) { return Parser(text, source).run(false); }

bool is_for_print_only(std::string_view media) { return is_print(tokenize_css(media)); }

StyleSheet parse_style_attribute(std::string_view text, std::size_t source) { return Parser(text, source).run(true); }

}  // namespace smbatcher
