#pragma once

#include <cstddef>

namespace smbatcher::test {

/// Of the target that corpus_test.cc is linked with; written by CMake for each.
extern const char* const kCorpus;      // the folder of its inputs
extern const char* const kMoreCorpus;  // a second one, or ""
extern const std::size_t kMutations;   // how many the test tries

}  // namespace smbatcher::test
