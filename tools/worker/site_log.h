#pragma once

#include <optional>
#include <string>

#include "libregistry/core/fs/descriptor.h"
#include "libregistry/core/output/outcome.h"
#include "libregistry/queue/ledger/queue_context.h"

namespace smbatcher {

/// The log of one run of a site's command: `logs/<batch>/<domain>.<n>.log` beside the registry, n the first number that
/// no log of the site has. What the command prints goes through us, so that it fills no disk: of a longer output the
/// log has the beginning, and says so. A disk that is full anyway ends the log, not the command.
/// Source: docs/workers.md, "Logs".
class SiteLog {
 public:
  static constexpr std::size_t kMost = std::size_t{16} << 20U;

  /// Errors: kIo, where the folder or the file cannot be made.
  static Result<SiteLog> create(const QueueContext& queue, const std::string& batch, const std::string& domain);

  const std::string& path() const { return path_; }
  /// Takes what has been printed; `pipe` does not block. False when the pipe has ended.
  bool take_from(int pipe);
  /// The last line that was printed and is not empty, also where the log is not whole.
  std::string last_line() const;
  /// Why the log is not whole, if it is not.
  std::optional<Warning> gap() const;

 private:
  SiteLog(FileOps& ops, std::string path, Descriptor file);
  void write(std::string_view text);

  FileOps* ops_;
  std::string path_;
  Descriptor file_;
  std::size_t size_ = 0;
  bool is_cut_ = false;
  int fault_ = 0;  // an errno
  std::string tail_;
};

}  // namespace smbatcher
