#include "libregistry/core/leases/process.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>

namespace smbatcher {
namespace {

constexpr int kStartTimeField = 22;

/// Field `wanted` of /proc/PID/stat. The second one, the program's name in parentheses, may hold blanks and
/// parentheses.
std::optional<std::string_view> stat_field(std::string_view stat, int wanted) {
  const auto name_end = stat.rfind(')');
  if (name_end == std::string_view::npos) {
    return std::nullopt;
  }
  std::string_view rest = stat.substr(name_end + 1);
  for (int field = 3;; ++field) {
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    const auto length = std::min(rest.find(' '), rest.size());
    if (length == 0) {
      return std::nullopt;
    }
    if (field == wanted) {
      return rest.substr(0, length);
    }
    rest.remove_prefix(length);
  }
}

}  // namespace

std::optional<std::uint64_t> SystemProcessTable::start_time(pid_t pid) const {
  const std::string path = "/proc/" + std::to_string(pid) + "/stat";
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return std::nullopt;
  }
  std::array<char, 1024> buffer{};
  const ssize_t size = ::read(descriptor, buffer.data(), buffer.size());
  ::close(descriptor);
  if (size <= 0) {
    return std::nullopt;
  }
  const std::string_view stat(buffer.data(), static_cast<std::size_t>(size));
  const auto state = stat_field(stat, 3);
  const auto start = stat_field(stat, kStartTimeField);
  std::uint64_t value = 0;
  if (!state || *state == "Z" || *state == "X" || !start ||
      std::from_chars(start->data(), start->data() + start->size(), value).ec != std::errc()) {
    return std::nullopt;
  }
  return value;
}

std::string SystemProcessTable::pid_namespace() const {
  std::array<char, 64> buffer{};
  const ssize_t size = ::readlink("/proc/self/ns/pid", buffer.data(), buffer.size());
  return {buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

Liveness judge(const ProcessRef& process, const std::string& boot, const ProcessTable& processes) {
  if (process.boot != boot || process.pid_namespace != processes.pid_namespace()) {
    return Liveness::kUnknown;
  }
  return processes.start_time(process.pid) == process.start_time ? Liveness::kAlive : Liveness::kGone;
}

Result<ProcessRef> reference_to(pid_t pid, const std::string& boot, const ProcessTable& processes) {
  const auto start = processes.start_time(pid);
  if (!start) {
    return fail(usage_error(
        "no_such_process",
        "--pid " + std::to_string(pid) + ": there is no such process; name one that lives as long as the work"));
  }
  return ProcessRef{pid, *start, boot, processes.pid_namespace()};
}

}  // namespace smbatcher
