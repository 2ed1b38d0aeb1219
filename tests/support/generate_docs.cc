#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "tests/support/request_pages.h"
#include "tests/support/word_pages.h"

// generate-docs PAGE...: writes the tables of answer words and of requests into pages. `make generate` calls it.
int main(int argc, char** argv) {
  try {
    for (int i = 1; i < argc; ++i) {
      std::ifstream file(argv[i]);
      const std::string before{std::istreambuf_iterator<char>(file), {}};
      const std::string after = smbatcher::test::with_request_tables(smbatcher::test::with_word_tables(before));
      if (after != before && !(std::ofstream(argv[i]) << after << std::flush)) {
        throw std::runtime_error(std::string("cannot write '") + argv[i] + "'");
      }
    }
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
