#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libregistry/coordination/coordination.h"
#include "libregistry/core/base/result.h"
#include "libregistry/core/fs/descriptor.h"

namespace smbatcher {

/// Who waits for one file, first come first served: `locks/<side name>.wait/<number>`, one ticket each.
///
/// A ticket is locked (flock) by the process that waits, so it is worth nothing once that process is gone, however it
/// went; the next who looks removes it. Numbers only order the tickets that are there. The mutex is held by who calls
/// anything but look(). Source: docs/coordination.md, "Waiting".
class WaitQueue {
 public:
  /// A place in the queue: given up with give_up(), or by the end of the process.
  struct Ticket {
    std::string number;
    Descriptor file;  // locked while it is open
  };

  WaitQueue(const Coordination& coordination, const ProjectPath& path);

  /// The last place. Errors: kIo.
  Result<Ticket> draw(const std::string& id, WallTime now);
  void give_up(Ticket& ticket);
  /// The live ticket right before `mine`, or the last one for a caller without a ticket: it can be locked when that
  /// waiter has left. Dead tickets on the way are removed.
  std::optional<Descriptor> before(const Ticket* mine);
  /// Who waits, in order. For readers: nothing is removed.
  std::vector<Waiter> look() const;

  /// The queues among the `names` of the folder `locks`: what somebody may be waiting for.
  static std::vector<WaitQueue> among(const Coordination& coordination, const std::vector<std::string>& names);

 private:
  WaitQueue(const Coordination& coordination, std::string folder)
      : ops_(&coordination.ops), folder_(std::move(folder)) {}
  std::vector<std::string> numbers() const;  // in order
  std::string ticket_path(const std::string& number) const { return folder_ + "/" + number; }
  void remove_if_empty();

  FileOps* ops_;
  std::string folder_;
  std::string path_;
};

}  // namespace smbatcher
