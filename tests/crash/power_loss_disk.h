#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/crash/power_loss_call.h"

namespace smbatcher::test {

/// Every path below a folder with its bytes; a folder's path ends with a slash.
using DiskState = std::map<std::string, std::string>;

/// How many of the states that one moment allows are built.
struct Breadth {
  std::size_t all_up_to;  // this many: every combination
  std::size_t vary;       // else: combinations in which at most so many things differ from "all kept" or "all lost"
};

/// What the disk may hold after the power failed, for the files below one folder.
///
/// It follows the system calls of a trace and knows what POSIX promises and no more:
///  - a file's bytes are durable after fsync(2) of that file. Until then each file has all new bytes, the old ones, the
///    old ones and zeros up to the new size, or half of what is new;
///  - a folder's entries are durable after fsync(2) of that folder. Until then each creation, rename, exchange and
///    removal is there or is not, in any combination (for many: all prefixes and all single omissions). One rename is
///    never seen in halves.
class Disk {
 public:
  /// All that is in the folder now is durable.
  explicit Disk(const std::string& root);

  /// True when it may change what a crash leaves. Throws on a call whose effect on a file it does not know.
  bool follow(const DecodedCall& call);

  /// The states that a power failure at this moment may leave.
  std::set<DiskState> states(const Breadth& breadth) const;

 private:
  static constexpr int kNone = -1;
  using Entries = std::map<std::string, int>;
  using Change = std::vector<std::pair<std::string, int>>;  // these names now lead to these nodes, or to kNone

  struct Node {
    bool folder = false;
    std::string durable;
    std::string bytes;
    Entries durable_entries;
    Entries entries;
    std::vector<Change> unsynced;
  };
  struct OpenFile {
    int node = kNone;
    std::size_t offset = 0;
    bool append = false;
  };
  /// Where a path leads: the folder, the name in it, and the node or kNone. No folder: outside of the root.
  struct Place {
    int folder = kNone;
    std::string name;
    int node = kNone;
  };
  /// What one file or folder may have become.
  struct Fate {
    int node = kNone;
    std::vector<std::string> bytes;
    std::vector<Entries> entries;
    std::size_t count() const { return bytes.size() + entries.size(); }
  };
  using Choice = std::vector<std::size_t>;

  int load(const std::string& path);
  int add(bool folder);
  Place place(const DecodedCall& call, std::size_t folder_argument, std::size_t path_argument) const;
  Place place(const std::string& path) const;
  void change(int folder, const Change& change);

  bool open(const DecodedCall& call, const Place& at, std::size_t flags);
  bool write(const DecodedCall& call, bool at_offset);
  bool rename(const Place& from, const Place& to, bool exchange);
  bool remove(const Place& at);
  bool make_folder(const Place& at);
  bool sync(const DecodedCall& call);
  bool truncate(const DecodedCall& call);

  std::vector<Fate> fates() const;
  DiskState state(const std::vector<Fate>& fates, const Choice& choice) const;
  static void vary(const std::vector<Fate>& fates, Choice& choice, std::size_t from, std::size_t more,
                   std::set<Choice>& choices);

  std::string root_;
  std::vector<Node> nodes_;
  std::map<long, OpenFile> open_;
};

}  // namespace smbatcher::test
