#include "tests/support/temp_dir.h"

#include <stdlib.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

namespace smbatcher::test {
namespace fs = std::filesystem;

TempDir::TempDir() {
  std::string pattern = fs::canonical(fs::temp_directory_path()) / "smbatcher-test-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), "mkdtemp '" + pattern + "'");
  }
  path_ = pattern;
}

TempDir::~TempDir() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string TempDir::at(std::string_view name) const { return name.empty() ? path_ : path_ + "/" + std::string(name); }

void TempDir::write(std::string_view name, std::string_view bytes) const {
  fs::create_directories(fs::path(at(name)).parent_path());
  std::ofstream file(at(name), std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) {
    throw std::runtime_error("cannot write '" + at(name) + "'");
  }
}

std::string TempDir::read(std::string_view name) const {
  std::ifstream file(at(name), std::ios::binary);
  if (!file) {
    throw std::runtime_error("cannot read '" + at(name) + "'");
  }
  return {std::istreambuf_iterator<char>(file), {}};
}

bool TempDir::exists(std::string_view name) const {
  return fs::symlink_status(at(name)).type() != fs::file_type::not_found;
}

void TempDir::make_dir(std::string_view name) const { fs::create_directories(at(name)); }

std::vector<std::string> TempDir::list(std::string_view name) const {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(at(name))) {
    names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace smbatcher::test
