#include "libregistry/sites/whole/preview_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <utility>
#include <vector>

#include "libregistry/core/base/html_text.h"
#include "libregistry/core/base/text.h"
#include "libregistry/sites/whole/file_tree.h"
#include "libregistry/sites/whole/open_beneath.h"

namespace smbatcher {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::size_t kMaxHead = 8192;
constexpr std::size_t kMaxConnections = 64;
/// How long a request may take to come, from its first byte to its last.
constexpr std::chrono::seconds kLongestRequest{10};
/// How long a browser may rest while it is sent something: a film is read as it is watched.
constexpr std::chrono::minutes kLongestRest{10};
constexpr int kBacklog = 64;

struct Address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
  bool loopback = false;
};

std::optional<Address> address_of(const std::string& host, std::uint16_t port) {
  Address address;
  auto* const four = reinterpret_cast<sockaddr_in*>(&address.bytes);  // NOLINT(*-reinterpret-cast): the sockets API
  auto* const six = reinterpret_cast<sockaddr_in6*>(&address.bytes);  // NOLINT(*-reinterpret-cast)
  const std::string literal = host == "localhost" ? "127.0.0.1" : host;
  if (::inet_pton(AF_INET, literal.c_str(), &four->sin_addr) == 1) {
    four->sin_family = AF_INET;
    four->sin_port = htons(port);
    address.size = sizeof(sockaddr_in);
    address.loopback = (ntohl(four->sin_addr.s_addr) >> 24U) == 127;
    return address;
  }
  if (::inet_pton(AF_INET6, literal.c_str(), &six->sin6_addr) == 1) {
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(port);
    address.size = sizeof(sockaddr_in6);
    address.loopback = IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
    return address;
  }
  return std::nullopt;
}

std::uint16_t port_of(int socket) {
  sockaddr_storage bytes{};
  socklen_t size = sizeof(bytes);
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&bytes), &size);  // NOLINT(*-reinterpret-cast)
  // sin_port and sin6_port are at the same place.
  return ntohs(reinterpret_cast<const sockaddr_in*>(&bytes)->sin_port);  // NOLINT(*-reinterpret-cast)
}

}  // namespace

struct PreviewServer::Connection {
  int socket = -1;
  std::string head;  // of the request, as far as it has come
  std::string out;   // of the answer, as far as it has not gone
  int file = -1;     // what follows it
  off_t at = 0;
  off_t end = 0;
  bool answered = false;
  SteadyTime last = std::chrono::steady_clock::now();  // when it was accepted; later, when something went out

  bool is_over(SteadyTime now) const { return answered ? now - last >= kLongestRest : now - last >= kLongestRequest; }

  explicit Connection(int fd) : socket(fd) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    ::close(socket);
    if (file >= 0) {
      ::close(file);
    }
  }
};

PreviewServer::PreviewServer(Setting setting, int listener, int root)
    : setting_(std::move(setting)), listener_(listener), root_(root) {}

PreviewServer::PreviewServer(PreviewServer&& other) noexcept
    : setting_(std::move(other.setting_)),
      listener_(std::exchange(other.listener_, -1)),
      root_(std::exchange(other.root_, -1)),
      loopback_(other.loopback_),
      url_(std::move(other.url_)),
      connections_(std::move(other.connections_)) {}

PreviewServer::~PreviewServer() {
  for (const int fd : {listener_, root_}) {
    if (fd >= 0) {
      ::close(fd);
    }
  }
}

Result<PreviewServer> PreviewServer::listen(const Setting& setting) {
  const std::optional<Address> address = address_of(setting.host, setting.port);
  if (!address) {
    return fail(
        usage_error("invalid_argument", "--host '" + setting.host + "' is not an address such as 127.0.0.1 or ::1"));
  }
  const int root = ::open(setting.folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (root < 0) {
    Error error = not_found("directory_not_found", "no folder is at '" + escape_control(setting.folder) + "'");
    error.details = setting.folder;
    return fail(std::move(error));
  }
  const int listener = ::socket(address->bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  PreviewServer server(setting, listener, root);
  const int yes = 1;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  const auto* const where = reinterpret_cast<const sockaddr*>(&address->bytes);  // NOLINT(*-reinterpret-cast)
  if (listener < 0 || ::bind(listener, where, address->size) != 0 || ::listen(listener, kBacklog) != 0) {
    const int error_number = errno;
    const std::string place = setting.host + ":" + std::to_string(setting.port);
    if (error_number == EADDRINUSE) {
      return fail({Errc::kIo,
                   ErrorWord("port_in_use"),
                   place,
                   "another program listens there: name another --port, or leave it out for any free one",
                   {},
                   {}});
    }
    return fail(io_error("cannot listen on '" + place + "'", error_number));
  }
  server.loopback_ = address->loopback;
  const bool is_six = setting.host.find(':') != std::string::npos;
  server.url_ =
      "http://" + (is_six ? "[" + setting.host + "]" : setting.host) + ":" + std::to_string(port_of(listener)) + "/";
  return server;
}

Result<void> PreviewServer::run(int stop_descriptor) {
  for (;;) {
    std::vector<pollfd> polled{{stop_descriptor, POLLIN, 0}};
    polled.push_back({has_room() ? listener_ : -1, POLLIN, 0});
    for (const Connection& connection : connections_) {
      polled.push_back({connection.socket, static_cast<short>(connection.answered ? POLLOUT : POLLIN), 0});
    }
    const int timeout = connections_.empty() ? -1 : 1000;
    if (::poll(polled.data(), polled.size(), timeout) < 0 && errno != EINTR) {
      return fail(io_error("cannot wait for browsers", errno));
    }
    if (polled[0].revents != 0) {
      return {};
    }
    const SteadyTime now = std::chrono::steady_clock::now();
    std::size_t index = 2;
    for (auto each = connections_.begin(); each != connections_.end(); ++index) {
      const bool is_alive = go_on(*each, polled[index].revents) && !each->is_over(now);
      each = is_alive ? std::next(each) : connections_.erase(each);
    }
    if (polled[1].revents != 0) {
      accept_one();
    }
  }
}

/// Whether one more can be accepted: all but those that are being answered have to make room.
bool PreviewServer::has_room() const {
  return connections_.size() < kMaxConnections ||
         std::any_of(connections_.begin(), connections_.end(), [](const Connection& each) { return !each.answered; });
}

void PreviewServer::accept_one() {
  const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (socket < 0) {
    return;
  }
  if (connections_.size() >= kMaxConnections) {
    // A browser opens connections that it may never use: the oldest of them is given up.
    connections_.erase(
        std::find_if(connections_.begin(), connections_.end(), [](const Connection& each) { return !each.answered; }));
  }
  connections_.emplace_back(socket);
}

/// Reads or writes what can be without waiting; false when the connection has ended.
bool PreviewServer::go_on(Connection& connection, short events) const {
  if (events == 0) {
    return true;
  }
  if (!connection.answered) {
    std::array<char, 4096> buffer{};
    const ssize_t count = ::recv(connection.socket, buffer.data(), buffer.size(), 0);
    if (count <= 0) {
      return count < 0 && (errno == EAGAIN || errno == EINTR);
    }
    connection.head.append(buffer.data(), static_cast<std::size_t>(count));
    const bool is_whole =
        connection.head.find("\r\n\r\n") != std::string::npos || connection.head.find("\n\n") != std::string::npos;
    if (is_whole || connection.head.size() > kMaxHead) {
      answer(connection);
      connection.last = std::chrono::steady_clock::now();
    }
    return true;
  }
  connection.last = std::chrono::steady_clock::now();
  if (!connection.out.empty()) {
    const ssize_t count = ::send(connection.socket, connection.out.data(), connection.out.size(), MSG_NOSIGNAL);
    if (count < 0) {
      return errno == EAGAIN || errno == EINTR;
    }
    connection.out.erase(0, static_cast<std::size_t>(count));
    return true;
  }
  if (connection.at < connection.end) {
    constexpr std::size_t kPart = std::size_t{1} << 20U;
    const auto rest = std::min(kPart, static_cast<std::size_t>(connection.end - connection.at));
    const ssize_t count = ::sendfile(connection.socket, connection.file, &connection.at, rest);
    return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
  }
  ::shutdown(connection.socket, SHUT_WR);
  return false;
}

void PreviewServer::answer(Connection& connection) const {
  connection.answered = true;
  const std::size_t end = connection.head.find("\r\n\r\n");
  const PreviewRequest request = read_preview_request(connection.head.substr(0, end), loopback_);
  if (connection.head.size() > kMaxHead) {
    answer_text(connection, 431, "", "");
  } else if (request.status == 405) {
    answer_text(connection, 405, "Allow: GET, HEAD\r\n", "");
  } else if (request.status != 200) {
    answer_text(connection, request.status, "", "");
  } else {
    answer_file(connection, request);
  }
  if (request.head_only) {
    connection.out.erase(connection.out.find("\r\n\r\n") + 4);
    connection.end = 0;
  }
}

namespace {

/// Another one for every change of the file.
std::string tag_of(const struct stat& status) {
  return "\"" + std::to_string(status.st_ino) + "-" + std::to_string(status.st_size) + "-" +
         std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec) + "\"";
}

std::string head_of(int status, std::string_view more_headers) {
  return "HTTP/1.1 " + std::to_string(status) + " " + std::string(reason_phrase(status)) + "\r\n" +
         std::string(more_headers) + "X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n";
}

}  // namespace

void PreviewServer::answer_file(Connection& connection, const PreviewRequest& request) const {
  const std::string path =
      request.is_folder ? request.path + (request.path.empty() ? "" : "/") + "index.html" : request.path;
  struct stat status {};
  const int file = open_file_beneath(root_, path, status);
  if (file >= 0) {
    send_file(connection, request, path, file, status);
  } else if (!request.is_folder && is_folder_beneath(root_, path)) {
    answer_text(connection, 301, "Location: " + request.written_path + "/" + request.query + "\r\n", "");
  } else if (setting_.lists_folders && request.path.empty()) {
    answer_text(connection, 200, "", listing());
  } else {
    answer_not_found(connection, request);
  }
}

void PreviewServer::send_file(Connection& connection, const PreviewRequest& request, const std::string& path, int file,
                              const struct stat& status) {
  const std::string tag = tag_of(status);
  // A copy that a browser has is asked for again each time, so that an edit is seen at once.
  const std::string always = "ETag: " + tag + "\r\nCache-Control: no-cache\r\n";
  connection.file = file;
  if (names_tag(request.if_none_match, tag)) {
    connection.out = head_of(304, always);
    return;
  }
  bool satisfiable = true;
  const bool is_same_file = request.if_range.empty() || request.if_range == tag;
  const auto range =
      is_same_file ? requested_range(request.range, status.st_size, satisfiable) : std::optional<FilePart>();
  const std::string size = std::to_string(status.st_size);
  if (range && !satisfiable) {
    answer_text(connection, 416, "Content-Range: bytes */" + size + "\r\n", "");
    return;
  }
  const FilePart part = range.value_or(FilePart{0, status.st_size});
  connection.at = part.begin;
  connection.end = part.end;
  const std::string where = range ? "Content-Range: bytes " + std::to_string(part.begin) + "-" +
                                        std::to_string(part.end - 1) + "/" + size + "\r\n"
                                  : std::string();
  connection.out = head_of(range ? 206 : 200, "Content-Type: " + std::string(content_type_of(path)) +
                                                  "\r\nContent-Length: " + std::to_string(part.end - part.begin) +
                                                  "\r\n" + where + "Accept-Ranges: bytes\r\n" + always);
}

/// The site's own page for it, 404.html, the nearest one upwards; else a line.
void PreviewServer::answer_not_found(Connection& connection, const PreviewRequest& request) const {
  const auto parent_of = [](const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return path.substr(0, slash == std::string::npos ? 0 : slash);
  };
  std::string folder = request.is_folder ? request.path : parent_of(request.path);
  for (;; folder = parent_of(folder)) {
    struct stat status {};
    const int file = open_file_beneath(root_, folder.empty() ? "404.html" : folder + "/404.html", status);
    if (file >= 0) {
      connection.file = file;
      connection.end = status.st_size;
      connection.out =
          head_of(404, "Content-Type: text/html; charset=utf-8\r\nContent-Length: " + std::to_string(status.st_size) +
                           "\r\nCache-Control: no-cache\r\n");
      return;
    }
    if (folder.empty()) {
      break;
    }
  }
  answer_text(connection, 404, "", "");
}

void PreviewServer::answer_text(Connection& connection, int status, std::string_view more_headers,
                                std::string_view body) {
  const std::string line = std::to_string(status) + " " + std::string(reason_phrase(status));
  const std::string text =
      body.empty() ? "<!doctype html>\n<html lang=\"en\"><title>" + line + "</title><h1>" + line + "</h1></html>\n"
                   : std::string(body);
  connection.out =
      head_of(status, "Content-Type: text/html; charset=utf-8\r\nContent-Length: " + std::to_string(text.size()) +
                          "\r\n" + std::string(more_headers) + "Cache-Control: no-cache\r\n") +
      text;
}

/// A page with a link to each folder that has a page of its own.
std::string PreviewServer::listing() const {
  std::string items;
  const auto tree = list_tree(setting_.folder);
  for (const FileTreeEntry& entry : tree ? *tree : std::vector<FileTreeEntry>{}) {
    constexpr std::string_view kIndex = "/index.html";
    if (entry.path.ends_with(kIndex) && entry.path.find('/') == entry.path.size() - kIndex.size() &&
        !entry.path.starts_with('.')) {
      const std::string name = html_text(escape_control(entry.path.substr(0, entry.path.size() - kIndex.size())));
      items.append("<li><a href=\"").append(name).append("/\">").append(name).append("</a></li>\n");
    }
  }
  return "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>Sites</title></head>\n<body>\n"
         "<h1>Sites</h1>\n" +
         (items.empty() ? "<p>No site has an index.html yet.</p>\n" : "<ul>\n" + items + "</ul>\n") +
         "</body>\n</html>\n";
}

}  // namespace smbatcher
