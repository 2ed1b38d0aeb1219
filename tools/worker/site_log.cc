#include "tools/worker/site_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "libregistry/core/base/text.h"
#include "libregistry/core/fs/folders.h"
#include "libregistry/core/fs/sharing.h"

namespace smbatcher {
namespace {

constexpr int kMostLogs = 100000;
constexpr std::size_t kTail = 4096;  // a last line that is longer is shown from there

}  // namespace

SiteLog::SiteLog(FileOps& ops, std::string path, Descriptor file)
    : ops_(&ops), path_(std::move(path)), file_(std::move(file)) {}

Result<SiteLog> SiteLog::create(const QueueContext& queue, const std::string& batch, const std::string& domain) {
  FileOps& ops = *queue.ops;
  const std::string folder = queue.paths.folder + "/logs/" + batch;
  SMB_TRY(make_shared_folder(ops, folder, queue.paths.folder));
  std::string path;
  for (int number = 1; number <= kMostLogs; ++number) {
    path = folder;
    path.append("/").append(domain).append(".").append(std::to_string(number)).append(".log");
    Descriptor file = open_file(ops, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_APPEND, 0666);
    if (file.is_open()) {
      share_like(ops, file.get(), model_at(ops, queue.paths.registry));
      return SiteLog(ops, path, std::move(file));
    }
    if (errno != EEXIST) {
      break;
    }
  }
  Error error = io_error("cannot create the log '" + path + "'", errno);
  error.where = path;
  return fail(std::move(error));
}

bool SiteLog::take_from(int pipe) {
  std::array<char, 65536> buffer{};
  constexpr int kMostReads = 64;  // who prints without end must not keep us from everything else
  for (int reads = 0; reads < kMostReads; ++reads) {
    const ssize_t size = ::read(pipe, buffer.data(), buffer.size());
    if (size <= 0) {
      return size < 0 && (errno == EAGAIN || errno == EINTR);
    }
    write({buffer.data(), static_cast<std::size_t>(size)});
  }
  return true;
}

void SiteLog::write(std::string_view text) {
  tail_ += text.substr(text.size() - std::min(text.size(), kTail));
  tail_.erase(0, tail_.size() - std::min(tail_.size(), kTail));
  if (is_cut_ || fault_ != 0) {
    return;
  }
  const std::string_view kept = text.substr(0, kMost - size_);
  fault_ = write_all(*ops_, file_.get(), Pieces(kept));
  size_ += kept.size();
  if (kept.size() < text.size()) {
    is_cut_ = true;
    (void)write_all(*ops_, file_.get(), Pieces("\n[smbatcher: the output beyond 16 MiB is left out]\n"));
  }
}

std::string SiteLog::last_line() const {
  constexpr std::string_view kBlank = " \t\r\n";
  const auto end = tail_.find_last_not_of(kBlank);
  if (end == std::string::npos) {
    return {};
  }
  const auto before = tail_.find_last_of("\r\n", end);
  return std::string(trim(std::string_view(tail_).substr(before + 1, end - before)));
}

std::optional<Warning> SiteLog::gap() const {
  if (fault_ != 0) {
    return Warning{path_, 0, "log_incomplete",
                   std::string("the output could not be written: ") + std::strerror(fault_)};
  }
  if (is_cut_) {
    return Warning{path_, 0, "log_incomplete", "the output was longer than 16 MiB: the log has its beginning"};
  }
  return std::nullopt;
}

}  // namespace smbatcher
