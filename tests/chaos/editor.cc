#include "tests/chaos/editor.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <thread>

#include "libregistry/core/base/text.h"
#include "tests/chaos/callers.h"

namespace smbatcher::test {
namespace {

/// The text with `remark` in the last cell of the row of `domain`; empty when there is no such row.
std::string with_remark(std::string text, const std::string& domain, const std::string& remark) {
  const auto row = text.find("| " + domain + " ");
  const auto end = row == std::string::npos ? row : text.find('\n', row);
  if (end == std::string::npos || text[end - 1] != '|') {
    return {};
  }
  const auto cell = text.rfind('|', end - 2) + 1;
  return text.replace(cell, end - 1 - cell, " " + remark + " ");
}

}  // namespace

void Editor::live(const std::stop_token& stop) {
  while (rest(stop, std::chrono::milliseconds(30 + random_() % 120))) {
    const std::lock_guard enough_space(*disk_);
    edit();
  }
}

void Editor::edit() {
  const std::string text = dir_->read(folder_ + "REGISTRY.md");
  const auto rows = statuses_in(text);
  const auto notes = text.find(kNotesBelow);
  if (rows.empty() || notes == std::string::npos) {
    return;
  }
  const std::string number = std::to_string(++number_);
  const std::string line = "line " + number + " of the editor\n";
  const std::string& domain = rows[random_() % rows.size()].first;
  std::string edited = text;
  edited.insert(notes + std::string_view(kNotesBelow).size(), line);
  edited = with_remark(std::move(edited), domain, "e" + number);
  if (edited.empty()) {
    return;
  }
  Save saved{wall_ms(), 0, {}};
  for (const auto& [name, status] : rows) {
    saved.statuses[name] = status;
  }
  const bool in_place = save(edited, number_ % 2 == 0);
  saved.wall_end_ms = wall_ms();
  saves_.push_back(std::move(saved));
  if (!in_place) {
    ++too_late_;
    return;
  }
  lines_.push_back(line);
  remarks_[domain] = "e" + number;
}

bool Editor::save(const std::string& text, bool by_rename) {
  const std::string path = dir_->at(folder_ + "REGISTRY.md");
  const std::string written = by_rename ? path + "~" : path;
  if (!by_rename) {
    wait_for_moment();
  }
  const int file = ::open(written.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  // Within a row: what is left like that for less than a second is nobody's registry.
  const std::size_t half = text.find("| s", text.size() / 2) + 5;
  bool done = file >= 0 && ::write(file, text.data(), half) == static_cast<ssize_t>(half);
  if (!by_rename && random_() % 4 == 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(random_() % 300));
  }
  done = done && ::write(file, text.data() + half, text.size() - half) == static_cast<ssize_t>(text.size() - half);
  struct stat state {};
  done = done && ::fstat(file, &state) == 0 && state.st_nlink > 0;
  ::close(file);
  if (by_rename) {
    wait_for_moment();
  }
  return done && (!by_rename || std::rename(written.c_str(), path.c_str()) == 0);
}

void Editor::wait_for_moment() {
  if (random_() % 2 == 0) {
    return;
  }
  const int watch = ::inotify_init1(IN_CLOEXEC);
  ::inotify_add_watch(watch, dir_->at(folder_).c_str(), IN_MOVED_TO);
  pollfd renamed{watch, POLLIN, 0};
  ::poll(&renamed, 1, 200);
  ::close(watch);
}

std::vector<std::string> Editor::conflict_copies() const {
  std::vector<std::string> copies;
  for (const std::string& name : dir_->list(folder_)) {
    if (name.starts_with("REGISTRY.md.conflict-")) {
      copies.push_back(folder_ + name);
    }
  }
  return copies;
}

std::vector<std::string> Editor::lost() const {
  std::string all = dir_->read(folder_ + "REGISTRY.md");
  for (const std::string& copy : conflict_copies()) {
    all += dir_->read(copy);
  }
  std::vector<std::string> lost;
  for (const std::string& line : lines_) {
    if (all.find("\n" + line) == std::string::npos) {
      lost.push_back(line);
    }
  }
  for (const auto& [domain, remark] : remarks_) {
    if (all.find(join({"|", remark, "|"}, " ")) == std::string::npos) {
      lost.push_back(join({remark, "on", domain}, " "));
    }
  }
  return lost;
}

}  // namespace smbatcher::test
