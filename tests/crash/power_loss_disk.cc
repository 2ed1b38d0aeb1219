#include "tests/crash/power_loss_disk.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace smbatcher::test {
namespace {

namespace fs = std::filesystem;

/// Calls that change nothing that a power failure could take away, or nothing that a queue's meaning depends on
/// (permissions, times), or nothing that is promised to last: sync_file_range(2) begins to write and waits for nothing.
const std::set<std::string>& harmless_calls() {
  static const std::set<std::string> names = [] {
    std::istringstream words(
        "access brk clock_getres clock_gettime clock_nanosleep exit_group faccessat faccessat2 fadvise64 fchmod "
        "fchmodat fchown fgetxattr flistxattr flock fremovexattr fsetxattr fstat fstatfs futex getcwd getdents64 "
        "getegid geteuid getgid getpid getppid getrandom gettid getuid getxattr lseek lstat madvise mprotect "
        "mremap munmap newfstatat poll ppoll pread64 prlimit64 read readahead readlink readlinkat readv "
        "rt_sigaction rt_sigpending rt_sigprocmask sched_yield setitimer sigaltstack stat statfs statx "
        "sync_file_range sysinfo timer_create timer_delete timer_settime umask uname utimensat");
    return std::set<std::string>(std::istream_iterator<std::string>(words), {});
  }();
  return names;
}

std::string read_bytes(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void apply(std::map<std::string, int>& entries, const std::vector<std::pair<std::string, int>>& change) {
  for (const auto& [name, node] : change) {
    if (node < 0) {
      entries.erase(name);
    } else {
      entries[name] = node;
    }
  }
}

/// Which of `count` changes are kept, one mask for each case; first all of them, then none.
std::vector<std::vector<bool>> kept_changes(std::size_t count) {
  constexpr std::size_t kFew = 5;
  std::vector<std::vector<bool>> masks{std::vector<bool>(count, true), std::vector<bool>(count, false)};
  if (count <= kFew) {
    for (std::size_t bits = 1; bits + 1 < (std::size_t{1} << count); ++bits) {
      std::vector<bool> mask(count);
      for (std::size_t i = 0; i < count; ++i) {
        mask[i] = (bits >> i & 1U) != 0;
      }
      masks.push_back(mask);
    }
    return masks;
  }
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<bool> prefix(count, false);
    std::fill_n(prefix.begin(), i, true);
    masks.push_back(prefix);
    std::vector<bool> omission(count, true);
    omission[i] = false;
    masks.push_back(omission);
  }
  return masks;
}

}  // namespace

Disk::Disk(const std::string& root) : root_(root) { load(root); }

int Disk::add(bool folder) {
  nodes_.emplace_back().folder = folder;
  return static_cast<int>(nodes_.size()) - 1;
}

int Disk::load(const std::string& path) {
  const int node = add(fs::is_directory(path));
  if (!nodes_[static_cast<std::size_t>(node)].folder) {
    nodes_.back().bytes = nodes_.back().durable = read_bytes(path);
    return node;
  }
  Entries entries;
  for (const fs::directory_entry& entry : fs::directory_iterator(path)) {
    entries[entry.path().filename()] = load(entry.path());
  }
  Node& folder = nodes_[static_cast<std::size_t>(node)];
  folder.entries = folder.durable_entries = entries;
  return node;
}

Disk::Place Disk::place(const std::string& path) const {
  const fs::path relative = fs::path(path).lexically_normal().lexically_relative(root_);
  if (relative.empty() || *relative.begin() == "..") {
    return {};
  }
  Place at{kNone, "", 0};
  for (const fs::path& name : relative) {
    if (name == "." || name.empty()) {
      continue;
    }
    if (at.node == kNone || !nodes_[static_cast<std::size_t>(at.node)].folder) {
      return {};
    }
    at = {at.node, name, kNone};
    const Entries& entries = nodes_[static_cast<std::size_t>(at.folder)].entries;
    if (const auto found = entries.find(name); found != entries.end()) {
      at.node = found->second;
    }
  }
  return at;
}

Disk::Place Disk::place(const DecodedCall& call, std::size_t folder_argument, std::size_t path_argument) const {
  const std::string path = call.bytes(path_argument);
  if (path.starts_with("/")) {
    return place(path);
  }
  if (call.arguments.at(folder_argument) != "AT_FDCWD") {
    throw std::runtime_error("a path below a descriptor is not followed: " + call.name + " '" + path + "'");
  }
  return place(root_ + "/" + path);
}

void Disk::change(int folder, const Change& change) {
  Node& node = nodes_.at(static_cast<std::size_t>(folder));
  apply(node.entries, change);
  node.unsynced.push_back(change);
}

bool Disk::follow(const DecodedCall& call) {
  const std::string& name = call.name;
  if (!call.succeeded() || harmless_calls().contains(name)) {
    return false;
  }
  if (name == "openat") {
    return open(call, place(call, 0, 1), 2);
  }
  if (name == "close") {
    open_.erase(call.number(0));
    return false;
  }
  if (name == "write" || name == "writev" || name == "pwrite64") {
    return write(call, name == "pwrite64");
  }
  if (name == "ftruncate") {
    return truncate(call);
  }
  if (name == "fsync" || name == "fdatasync") {
    return sync(call);
  }
  if (name == "rename") {
    return rename(place(call, 0, 0), place(call, 0, 1), false);
  }
  if (name == "renameat" || name == "renameat2") {
    return rename(place(call, 0, 1), place(call, 2, 3), name == "renameat2" && call.has_flag(4, "RENAME_EXCHANGE"));
  }
  if (name == "unlink" || name == "unlinkat") {
    return remove(name == "unlink" ? place(call, 0, 0) : place(call, 0, 1));
  }
  if (name == "mkdir" || name == "mkdirat") {
    return make_folder(name == "mkdir" ? place(call, 0, 0) : place(call, 0, 1));
  }
  const bool private_map = name == "mmap" && !call.has_flag(3, "MAP_SHARED");
  const bool looks = name == "fcntl" && call.arguments.at(1).find("DUP") == std::string::npos;
  if (!private_map && !looks) {
    throw std::runtime_error("it is not known what this call means to the disk: " + name);
  }
  return false;
}

bool Disk::open(const DecodedCall& call, const Place& at, std::size_t flags) {
  if (at.folder == kNone && at.node == kNone) {
    return false;
  }
  for (const char* const flag : {"O_SYNC", "O_DSYNC", "O_TMPFILE", "O_DIRECT"}) {
    if (call.has_flag(flags, flag)) {
      throw std::runtime_error(std::string("not followed: a file opened with ") + flag);
    }
  }
  int node = at.node;
  if (node == kNone) {
    node = add(false);
    change(at.folder, {{at.name, node}});
  }
  if (call.has_flag(flags, "O_TRUNC")) {
    nodes_[static_cast<std::size_t>(node)].bytes.clear();
  }
  open_[call.result] = {node, 0, call.has_flag(flags, "O_APPEND")};
  return at.node == kNone || call.has_flag(flags, "O_TRUNC");
}

bool Disk::write(const DecodedCall& call, bool at_offset) {
  const auto file = open_.find(call.number(0));
  if (file == open_.end()) {
    return false;
  }
  std::string& bytes = nodes_[static_cast<std::size_t>(file->second.node)].bytes;
  const std::string data = call.bytes(1).substr(0, static_cast<std::size_t>(call.result));
  std::size_t offset = file->second.append ? bytes.size() : file->second.offset;
  if (at_offset) {
    offset = static_cast<std::size_t>(call.number(3));
  } else {
    file->second.offset = offset + data.size();
  }
  bytes.resize(std::max(bytes.size(), offset + data.size()));
  bytes.replace(offset, data.size(), data);
  return true;
}

bool Disk::truncate(const DecodedCall& call) {
  const auto file = open_.find(call.number(0));
  if (file != open_.end()) {
    nodes_[static_cast<std::size_t>(file->second.node)].bytes.resize(static_cast<std::size_t>(call.number(1)));
  }
  return file != open_.end();
}

bool Disk::sync(const DecodedCall& call) {
  const auto file = open_.find(call.number(0));
  if (file == open_.end()) {
    return false;
  }
  Node& node = nodes_[static_cast<std::size_t>(file->second.node)];
  node.durable = node.bytes;
  node.durable_entries = node.entries;
  node.unsynced.clear();
  return true;
}

bool Disk::rename(const Place& from, const Place& to, bool exchange) {
  if (from.folder == kNone && to.folder == kNone) {
    return false;
  }
  if (from.folder != to.folder || from.node == kNone) {
    throw std::runtime_error("not followed: a rename from one folder to another");
  }
  change(from.folder, {{from.name, exchange ? to.node : kNone}, {to.name, from.node}});
  return true;
}

bool Disk::remove(const Place& at) {
  if (at.folder != kNone) {
    change(at.folder, {{at.name, kNone}});
  }
  return at.folder != kNone;
}

bool Disk::make_folder(const Place& at) {
  if (at.folder != kNone) {
    const int node = add(true);
    change(at.folder, {{at.name, node}});
  }
  return at.folder != kNone;
}

std::vector<Disk::Fate> Disk::fates() const {
  std::vector<Fate> fates;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    Fate fate{static_cast<int>(i), {}, {}};
    if (node.folder && !node.unsynced.empty()) {
      for (const std::vector<bool>& kept : kept_changes(node.unsynced.size())) {
        Entries entries = node.durable_entries;
        for (std::size_t change = 0; change < kept.size(); ++change) {
          if (kept[change]) {
            apply(entries, node.unsynced[change]);
          }
        }
        fate.entries.push_back(entries);
      }
    } else if (!node.folder && node.bytes != node.durable) {
      std::string zeroed = node.durable;
      zeroed.resize(node.bytes.size());
      fate.bytes = {node.bytes, node.durable, zeroed,
                    node.bytes.substr(0, (node.durable.size() + node.bytes.size()) / 2)};
    }
    if (fate.count() > 0) {
      fates.push_back(fate);
    }
  }
  return fates;
}

void Disk::vary(const std::vector<Fate>& fates, Choice& choice, std::size_t from, std::size_t more,
                std::set<Choice>& choices) {
  choices.insert(choice);
  for (std::size_t i = from; more > 0 && i < fates.size(); ++i) {
    const std::size_t before = choice[i];
    for (choice[i] = 0; choice[i] < fates[i].count(); ++choice[i]) {
      vary(fates, choice, i + 1, more - 1, choices);
    }
    choice[i] = before;
  }
}

std::set<DiskState> Disk::states(const Breadth& breadth) const {
  const std::vector<Fate> all = fates();
  std::size_t combinations = 1;
  for (const Fate& fate : all) {
    combinations = std::min(combinations * fate.count(), breadth.all_up_to + 1);
  }
  const std::size_t vary_at_once = combinations <= breadth.all_up_to ? all.size() : breadth.vary;
  std::set<Choice> choices;
  for (const std::size_t base : {0U, 1U}) {  // all kept, all lost
    Choice choice(all.size(), base);
    vary(all, choice, 0, vary_at_once, choices);
  }
  std::set<DiskState> states;
  for (const Choice& choice : choices) {
    states.insert(state(all, choice));
  }
  return states;
}

DiskState Disk::state(const std::vector<Fate>& fates, const Choice& choice) const {
  std::map<int, const std::string*> bytes;
  std::map<int, const Entries*> entries;
  for (std::size_t i = 0; i < fates.size(); ++i) {
    if (fates[i].entries.empty()) {
      bytes[fates[i].node] = &fates[i].bytes[choice[i]];
    } else {
      entries[fates[i].node] = &fates[i].entries[choice[i]];
    }
  }
  DiskState state;
  std::vector<std::pair<std::string, int>> folders{{"", 0}};
  while (!folders.empty()) {
    const auto [path, folder] = folders.back();
    folders.pop_back();
    const auto chosen = entries.find(folder);
    for (const auto& [name, node] :
         chosen == entries.end() ? nodes_[static_cast<std::size_t>(folder)].entries : *chosen->second) {
      if (nodes_[static_cast<std::size_t>(node)].folder) {
        state[path + name + "/"];
        folders.emplace_back(path + name + "/", node);
      } else {
        const auto lost = bytes.find(node);
        state[path + name] = lost == bytes.end() ? nodes_[static_cast<std::size_t>(node)].bytes : *lost->second;
      }
    }
  }
  return state;
}

}  // namespace smbatcher::test
