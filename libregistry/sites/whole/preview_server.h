#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <list>
#include <string>

#include "libregistry/core/base/result.h"
#include "libregistry/sites/whole/preview_request.h"

namespace smbatcher {

/// Shows the files of one folder to a browser: GET and HEAD, one thread, nothing outside of the folder, no dot files,
/// no link that leads out. For looking at sites, not for the public. Source: docs/checks.md, "serve".
class PreviewServer {
 public:
  struct Setting {
    std::string folder;
    std::string host = "127.0.0.1";  // an address, not a name
    std::uint16_t port = 0;          // 0: any free one
    bool lists_folders = false;      // the root shows its folders: for all sites
  };

  /// Listens. Errors: kUsage "invalid_argument" for a host that is not an address; kNotFound "directory_not_found"; kIo
  /// "port_in_use"; else as the system said.
  static Result<PreviewServer> listen(const Setting& setting);

  PreviewServer(PreviewServer&& other) noexcept;
  PreviewServer& operator=(PreviewServer&&) = delete;
  ~PreviewServer();

  /// "http://127.0.0.1:40123/"
  const std::string& url() const { return url_; }
  bool is_loopback() const { return loopback_; }
  /// Answers until `stop_descriptor` is readable.
  Result<void> run(int stop_descriptor);

 private:
  struct Connection;

  PreviewServer(Setting setting, int listener, int root);
  bool has_room() const;
  void accept_one();
  bool go_on(Connection& connection, short events) const;
  void answer(Connection& connection) const;
  void answer_file(Connection& connection, const PreviewRequest& request) const;
  static void send_file(Connection& connection, const PreviewRequest& request, const std::string& path, int file,
                        const struct stat& status);
  void answer_not_found(Connection& connection, const PreviewRequest& request) const;
  static void answer_text(Connection& connection, int status, std::string_view more_headers, std::string_view body);
  std::string listing() const;

  Setting setting_;
  int listener_ = -1;
  int root_ = -1;
  bool loopback_ = true;
  std::string url_;
  std::list<Connection> connections_;
};

}  // namespace smbatcher
