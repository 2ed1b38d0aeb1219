#include "libregistry/sites/css/variables.h"

#include <algorithm>
#include <utility>

#include "libregistry/core/base/text.h"

namespace smbatcher {
namespace {

using Kind = CssToken::Kind;

constexpr std::size_t kMaxTokens = 20'000;
constexpr std::size_t kDeepestNesting = 64;

bool is_var(const CssToken& token) { return token.is(Kind::kFunction) && to_lower(token.text) == "var"; }

}  // namespace

bool uses_variables(const std::vector<CssToken>& value) { return std::any_of(value.begin(), value.end(), is_var); }

std::size_t end_of_component(const std::vector<CssToken>& tokens, std::size_t index) {
  std::size_t depth = 0;
  for (; index < tokens.size(); ++index) {
    switch (tokens[index].kind) {
      case Kind::kFunction:
      case Kind::kOpenParen:
      case Kind::kOpenSquare:
      case Kind::kOpenCurly:
        ++depth;
        break;
      case Kind::kCloseParen:
      case Kind::kCloseSquare:
      case Kind::kCloseCurly:
        depth -= depth > 0 ? 1U : 0U;
        break;
      default:
        break;
    }
    if (depth == 0) {
      return index + 1;
    }
  }
  return index;
}

void VariableScope::add(const StyleSheet& sheet) {
  for (const CssDeclaration& declaration : sheet.declarations) {
    if (declaration.property.starts_with("--")) {
      values_[declaration.property].push_back(&declaration);
    }
  }
}

class VariableScope::Expansion {
 public:
  Expansion(const VariableScope& scope, std::size_t round) : scope_(scope), round_(round) {}

  ExpandedValue run(const std::vector<CssToken>& value) && {
    expand(value);
    return std::move(result_);
  }

 private:
  void expand(const std::vector<CssToken>& tokens) {
    for (std::size_t i = 0; i < tokens.size() && result_.tokens.size() < kMaxTokens;) {
      if (!is_var(tokens[i])) {
        result_.tokens.push_back(tokens[i++]);
        continue;
      }
      const std::size_t end = end_of_component(tokens, i);
      expand_var(tokens, i, end);
      i = end;
    }
  }

  /// tokens[begin] is `var(`.
  void expand_var(const std::vector<CssToken>& tokens, std::size_t begin, std::size_t end) {
    std::size_t name = begin + 1;
    while (name < end && tokens[name].is(Kind::kWhitespace)) {
      ++name;
    }
    if (name >= end || !tokens[name].is(Kind::kIdent) || !tokens[name].text.starts_with("--")) {
      result_.missing.push_back({"var()", tokens[begin], "names no custom property such as --accent"});
      return;
    }
    const std::string& property = tokens[name].text;
    const auto found = scope_.values_.find(property);
    if (found == scope_.values_.end()) {
      expand_fallback(tokens, begin, name, end);
      return;
    }
    const bool is_open = std::find(open_.begin(), open_.end(), property) != open_.end();
    if (is_open || open_.size() >= kDeepestNesting || ++steps_ > kMaxTokens) {
      result_.missing.push_back(
          {property, tokens[begin], is_open ? "needs itself to be known" : "is put together of too many others"});
      return;
    }
    result_.choices = std::max(result_.choices, found->second.size());
    open_.push_back(property);
    expand(found->second[round_ % found->second.size()]->value);
    open_.pop_back();
  }

  void expand_fallback(const std::vector<CssToken>& tokens, std::size_t begin, std::size_t name, std::size_t end) {
    std::size_t at = name + 1;
    while (at < end && tokens[at].is(Kind::kWhitespace)) {
      ++at;
    }
    if (at >= end || !tokens[at].is(Kind::kComma)) {
      result_.missing.push_back({tokens[name].text, tokens[begin], "is set nowhere, and there is no fallback"});
      return;
    }
    const std::size_t last = tokens[end - 1].is(Kind::kCloseParen) ? end - 1 : end;
    if (depth_ >= kDeepestNesting) {
      return;
    }
    ++depth_;
    expand({tokens.begin() + static_cast<std::ptrdiff_t>(at + 1), tokens.begin() + static_cast<std::ptrdiff_t>(last)});
    --depth_;
  }

  const VariableScope& scope_;
  std::size_t round_;
  std::vector<std::string> open_;  // the properties that are being put in
  std::size_t depth_ = 0;          // of fallbacks
  std::size_t steps_ = 0;
  ExpandedValue result_;
};

ExpandedValue VariableScope::expand(const std::vector<CssToken>& value, std::size_t round) const {
  return Expansion(*this, round).run(value);
}

}  // namespace smbatcher
