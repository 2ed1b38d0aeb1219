#pragma once

#include <string_view>

namespace smbatcher {

/// A row of the table of answer words. All texts are Markdown; links lead from docs/.
///
/// The rows of a kind stand in the order of their words. words.cc refuses to compile a word that stands there twice.
struct WordRow {
  std::string_view word;     // what callers branch on; never changed once it is released
  std::string_view details;  // what follows the word and a colon; empty for nothing of fixed form
  std::string_view meaning;
  std::string_view remedy = {};  // what to do next; empty only where nothing is to be remedied
};

}  // namespace smbatcher
