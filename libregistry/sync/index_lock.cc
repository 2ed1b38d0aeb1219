#include "libregistry/sync/index_lock.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <thread>
#include <utility>

#include "libregistry/core/fs/descriptor.h"

namespace smbatcher {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kIndexPatience{5};
constexpr std::chrono::milliseconds kIndexPause{20};

std::string lock_of(const RepositoryPlace& place) { return place.git_dir + "/index.lock"; }

Result<void> copy_index(const std::string& index, const std::string& copy) {
  std::error_code error;
  fs::remove(copy, error);
  fs::remove(copy + ".lock", error);
  if (!fs::exists(index)) {
    return {};  // a new repository has none
  }
  const auto written = fs::last_write_time(index, error);
  if (!error && fs::copy_file(index, copy, error)) {
    // git compares a file byte by byte when it is as young as the index: a younger copy would hide a change that came
    // in the same tick of the clock and kept the file's size (gitformat-index(5), "racy").
    fs::last_write_time(copy, written, error);
  }
  return error ? fail(io_error("cannot copy '" + index + "'", error.value())) : Result<void>();
}

}  // namespace

Result<IndexLock> IndexLock::acquire(const RepositoryPlace& place) {
  const std::string path = lock_of(place);
  const std::string mark = place.private_dir() + "/mark";
  {
    const Descriptor file = open_file(system_file_ops(), mark, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0666);
    const int error = file.is_open() ? write_all(system_file_ops(), file.get(), std::string_view(kMark)) : errno;
    if (error != 0) {
      return fail(io_error("cannot write '" + mark + "'", error));
    }
  }
  const auto end = std::chrono::steady_clock::now() + kIndexPatience;
  // By link(2), so that the lock has its mark from the first moment on.
  while (::link(mark.c_str(), path.c_str()) != 0) {
    if (errno != EEXIST) {
      return fail(io_error("cannot make '" + path + "'", errno));
    }
    if (is_left_behind(place)) {
      break;  // taken over as it is: nobody is to come in between
    }
    if (std::chrono::steady_clock::now() >= end) {
      return fail(refused("index_locked", {},
                          "'" + path + "' is there: a git works here, or one died; when none runs, remove the file"));
    }
    std::this_thread::sleep_for(kIndexPause);
  }
  ::unlink(mark.c_str());
  IndexLock lock(path, place.git_dir + "/index", copy_of(place));
  SMB_TRY(copy_index(lock.index_, lock.copy_));
  return lock;
}

IndexLock::IndexLock(IndexLock&& other) noexcept
    : lock_(std::exchange(other.lock_, {})), index_(std::move(other.index_)), copy_(std::move(other.copy_)) {}

IndexLock::~IndexLock() {
  if (!lock_.empty()) {
    ::unlink(copy_.c_str());  // before the lock: what a dead sync leaves is a copy under its lock, or neither
    ::unlink(lock_.c_str());
  }
}

Result<void> IndexLock::install() {
  if (::rename(copy_.c_str(), index_.c_str()) != 0) {
    return fail(io_error("cannot rename '" + copy_ + "' to '" + index_ + "'", errno));
  }
  ::unlink(std::exchange(lock_, {}).c_str());
  return {};
}

bool IndexLock::is_left_behind(const RepositoryPlace& place) {
  std::ifstream file(lock_of(place), std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return file.is_open() && text == kMark;
}

void IndexLock::remove_left_behind(const RepositoryPlace& place) {
  if (is_left_behind(place)) {
    ::unlink(lock_of(place).c_str());
  }
}

}  // namespace smbatcher
