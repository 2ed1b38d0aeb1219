#include "libregistry/coordination/wait_queue.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>

#include "libregistry/core/base/ids.h"
#include "libregistry/core/base/json_fields.h"
#include "libregistry/core/fs/flock_wait.h"
#include "libregistry/core/fs/folders.h"
#include "libregistry/core/fs/snapshot.h"

namespace smbatcher {
namespace {

constexpr std::string_view kEnding = ".wait";
constexpr std::size_t kDigits = 10;
constexpr std::size_t kLargestTicket = std::size_t{64} << 10U;
constexpr milliseconds kPatience{5000};

std::string padded(std::uint64_t number) {
  const std::string digits = std::to_string(number);
  return std::string(kDigits - std::min(kDigits, digits.size()), '0') + digits;
}

bool is_locked(FileOps& ops, int fd, int kind) {
  while (ops.flock(fd, kind | LOCK_NB) != 0) {
    if (errno != EINTR) {
      return errno == EWOULDBLOCK;
    }
  }
  return false;
}

}  // namespace

WaitQueue::WaitQueue(const Coordination& coordination, const ProjectPath& path)
    : ops_(&coordination.ops),
      folder_(coordination.place.locks() + "/" + path.side_name + std::string(kEnding)),
      path_(path.relative) {}

std::vector<std::string> WaitQueue::numbers() const {
  std::vector<std::string> numbers;
  for (std::string& name : names_in_folder(folder_)) {
    if (name.size() == kDigits && is_numeric(name)) {
      numbers.push_back(std::move(name));
    }
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

Result<WaitQueue::Ticket> WaitQueue::draw(const std::string& id, WallTime now) {
  if (ops_->mkdir(folder_, 0777) != 0 && errno != EEXIST) {
    return fail(io_error("cannot create '" + folder_ + "'", errno));
  }
  const auto others = numbers();
  std::uint64_t last = 0;
  if (!others.empty()) {
    std::from_chars(others.back().data(), others.back().data() + others.back().size(), last);
  }
  Ticket ticket;
  ticket.number = padded(last + 1);
  const std::string path = ticket_path(ticket.number);
  ticket.file = open_file(*ops_, path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0666);
  if (!ticket.file.is_open()) {
    return fail(io_error("cannot create '" + path + "'", errno));
  }
  // Nobody else waits on it yet; a reader that asks whether it is locked may hold it for a moment.
  const std::string text =
      Json(JsonObject{{"instance_id", id}, {"file_path", path_}, {"since", format_time(now)}}).pretty() + "\n";
  int error_number = flock_until(*ops_, ticket.file.get(), LockDeadline(kPatience));
  error_number = error_number == 0 ? write_all(*ops_, ticket.file.get(), text) : error_number;
  if (error_number != 0) {
    give_up(ticket);
    return fail(io_error("cannot write '" + path + "'", error_number));
  }
  return ticket;
}

void WaitQueue::remove_if_empty() {
  ::rmdir(folder_.c_str());  // refused while there is a ticket
}

void WaitQueue::give_up(Ticket& ticket) {
  ops_->unlink(ticket_path(ticket.number));
  remove_if_empty();
  ticket.file.close();
}

std::optional<Descriptor> WaitQueue::before(const Ticket* mine) {
  std::vector<std::string> earlier = numbers();
  if (mine != nullptr) {
    std::erase_if(earlier, [mine](const std::string& number) { return number >= mine->number; });
  }
  while (!earlier.empty()) {
    const std::string path = ticket_path(earlier.back());
    earlier.pop_back();
    Descriptor ticket = open_file(*ops_, path, O_RDWR | O_NOFOLLOW | O_NONBLOCK);
    if (!ticket.is_open()) {
      continue;
    }
    if (is_locked(*ops_, ticket.get(), LOCK_EX)) {
      return ticket;
    }
    ops_->unlink(path);
    if (mine == nullptr && earlier.empty()) {
      remove_if_empty();
    }
  }
  return std::nullopt;
}

std::vector<Waiter> WaitQueue::look() const {
  std::vector<Waiter> waiters;
  for (const std::string& number : numbers()) {
    const Descriptor ticket = open_file(*ops_, ticket_path(number), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (!ticket.is_open() || !is_locked(*ops_, ticket.get(), LOCK_SH)) {
      continue;
    }
    const Result<std::string> text = read_file(*ops_, ticket_path(number), kLargestTicket);
    const auto parsed = parse_json(text ? *text : std::string());
    if (const auto* json = std::get_if<Json>(&parsed)) {
      const auto since = parse_time(string_field(*json, "since").value_or(""));
      waiters.push_back({string_field(*json, "file_path").value_or(""), string_field(*json, "instance_id").value_or(""),
                         since ? *since : WallTime{}});
    }
  }
  return waiters;
}

std::vector<WaitQueue> WaitQueue::among(const Coordination& coordination, const std::vector<std::string>& names) {
  std::vector<WaitQueue> queues;
  for (const std::string& name : names) {
    if (name.ends_with(kEnding)) {
      queues.push_back(WaitQueue(coordination, coordination.place.locks() + "/" + name));
    }
  }
  std::sort(queues.begin(), queues.end(), [](const auto& a, const auto& b) { return a.folder_ < b.folder_; });
  return queues;
}

}  // namespace smbatcher
