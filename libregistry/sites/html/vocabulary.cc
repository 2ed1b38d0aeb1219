#include "libregistry/sites/html/vocabulary.h"

#include <algorithm>

#include "libregistry/sites/html/vocabulary_words.h"
#include "libregistry/sites/html/word_set.h"

namespace smbatcher {
namespace {

using namespace html_words;  // NOLINT(google-build-using-namespace): the lists that this file is about

constexpr WordSet<64> kVoid(kVoidElements);
constexpr WordSet<64> kEndsOptionally(kOptionalEnds);
constexpr WordSet<64> kObsolete(kObsoleteElements);
constexpr WordSet<128> kBlock(kBlockElements);
constexpr WordSet<128> kPhrasing(kPhrasingOnly);
constexpr WordSet<64> kBoolean(kBooleanAttributes);
constexpr WordSet<512> kRole(kRoles);
constexpr WordSet<128> kAria(kAriaAttributes);
constexpr WordSet<128> kGlobal(kGlobalAttributes);
constexpr WordSet<256> kOnceKnown(kObsoleteAttributes);

/// For the short lists of single elements.
bool has_word(std::string_view words, std::string_view word) {
  std::size_t at = 0;
  while (!word.empty() && (at = words.find(word, at)) != std::string_view::npos) {
    const std::size_t end = at + word.size();
    if ((at == 0 || words[at - 1] == ' ') && (end == words.size() || words[end] == ' ')) {
      return true;
    }
    at = end;
  }
  return false;
}

const Named* find_element(std::string_view name) {
  const auto* const found =
      std::lower_bound(kElements.begin(), kElements.end(), name,
                       [](const Named& each, std::string_view other) { return each.name < other; });
  return found != kElements.end() && found->name == name ? found : nullptr;
}

std::vector<std::string_view> words_of(std::string_view words) {
  std::vector<std::string_view> list;
  while (!words.empty()) {
    const std::size_t blank = std::min(words.find(' '), words.size());
    list.push_back(words.substr(0, blank) == "~" ? std::string_view() : words.substr(0, blank));
    words.remove_prefix(std::min(blank + 1, words.size()));
  }
  return list;
}

}  // namespace

bool is_void_element(std::string_view name) { return kVoid.contains(name); }
bool has_optional_end(std::string_view name) { return kEndsOptionally.contains(name); }
bool is_known_element(std::string_view name) { return find_element(name) != nullptr; }
bool is_obsolete_element(std::string_view name) { return kObsolete.contains(name); }
bool is_block_element(std::string_view name) { return kBlock.contains(name); }
bool holds_phrasing_only(std::string_view name) { return kPhrasing.contains(name); }
bool is_boolean_attribute(std::string_view attribute) { return kBoolean.contains(attribute); }
bool is_role(std::string_view word) { return kRole.contains(word); }

bool is_custom_element(std::string_view name) { return name.find('-') != std::string_view::npos; }

std::string_view instead_of_attribute(std::string_view element, std::string_view attribute) {
  const auto* const found =
      std::find_if(kInsteadOfAttributes.begin(), kInsteadOfAttributes.end(), [&](const Values& each) {
        return each.attribute == attribute && (each.element == "*" || each.element == element);
      });
  return found == kInsteadOfAttributes.end() ? "use CSS" : found->words;
}

std::string_view instead_of_element(std::string_view name) {
  const auto* const found = std::find_if(kInsteadOfElements.begin(), kInsteadOfElements.end(),
                                         [name](const Named& each) { return has_word(each.name, name); });
  return found == kInsteadOfElements.end() ? "use CSS" : found->words;
}

AttributeKnown knows_attribute(std::string_view element, std::string_view attribute) {
  constexpr std::string_view kAriaPrefix = "aria-";
  if (attribute.starts_with(kAriaPrefix)) {
    return kAria.contains(attribute.substr(kAriaPrefix.size())) ? AttributeKnown::kYes : AttributeKnown::kNo;
  }
  const Named* const known = find_element(element);
  if (known == nullptr || known->words == "*" || (attribute.starts_with("data-") && attribute.size() > 5) ||
      (attribute.starts_with("on") && attribute.size() > 4) || attribute.starts_with("xmlns:") ||
      kGlobal.contains(attribute) || has_word(known->words, attribute)) {
    return AttributeKnown::kYes;
  }
  return kOnceKnown.contains(attribute) ? AttributeKnown::kObsolete : AttributeKnown::kNo;
}

std::vector<std::string_view> values_of(std::string_view element, std::string_view attribute) {
  for (const Values& values : kValues) {
    if (values.attribute == attribute && (values.element == "*" || values.element == element)) {
      return words_of(values.words);
    }
  }
  return {};
}

}  // namespace smbatcher
