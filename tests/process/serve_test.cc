#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "tests/process/liveness_wait.h"
#include "tests/process/outcome_support.h"

namespace smbatcher::test {
namespace {

namespace fs = std::filesystem;

int connected(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    ADD_FAILURE() << "cannot connect to port " << port;
  }
  return socket;
}

std::string rest_of(int socket) {
  std::string text;
  char buffer[65536];
  for (ssize_t count = 1; count > 0;) {
    count = ::recv(socket, buffer, sizeof(buffer), 0);
    text.append(buffer, static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  }
  ::close(socket);
  return text;
}

/// A server at work, and what it answers.
class Server {
 public:
  explicit Server(const Sandbox& sandbox, const Args& args = {}) : Server(sandbox.command("serve", args)) {}
  explicit Server(const Command& command) : process_(command) {
    EXPECT_TRUE(wait_until([&] { return process_.out_so_far().find('\n') != std::string::npos; }));
    const std::string out = process_.out_so_far();
    constexpr std::string_view kBegin = "OK:serving:http://127.0.0.1:";
    EXPECT_TRUE(out.starts_with(kBegin)) << out;
    port_ = static_cast<std::uint16_t>(std::stoul("0" + out.substr(std::min(kBegin.size(), out.size()))));
  }

  std::string port() const { return std::to_string(port_); }
  int connect() const { return connected(port_); }
  std::string raw(const std::string& request) const {
    const int socket = connect();
    EXPECT_EQ(::send(socket, request.data(), request.size(), MSG_NOSIGNAL), static_cast<ssize_t>(request.size()));
    return rest_of(socket);
  }
  /// The whole answer to a GET.
  std::string get(const std::string& path) const { return raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n"); }
  int status(const std::string& path) const { return std::stoi("0" + get(path).substr(9, 3)); }
  ProcessResult end(int signal) {
    process_.kill(signal);
    return process_.wait();
  }

 private:
  Process process_;
  std::uint16_t port_ = 0;
};

std::string body_of(const std::string& answer) {
  const std::size_t end = answer.find("\r\n\r\n");
  return end == std::string::npos ? std::string() : answer.substr(end + 4);
}

/// The value of a header of an answer; empty when it has none.
std::string header(const std::string& answer, const std::string& name) {
  const std::size_t at = answer.find("\r\n" + name + ": ");
  const std::size_t begin = at + name.size() + 4;
  return at == std::string::npos ? std::string() : answer.substr(begin, answer.find("\r\n", begin) - begin);
}

struct TwoSites : Sandbox {
  TwoSites() : Sandbox({{"a.example", "003", "i"}, {"b.example", "003", "i"}}) {
    dir().write("sites/a.example/index.html", "<p>a");
    dir().write("sites/a.example/styles.css", "p {}");
    dir().write("sites/a.example/a b.svg", "<svg/>");
    dir().write("sites/b.example/index.html", "<p>b");
  }
};

TEST(Serve, ShowsOneSite) {
  const TwoSites sandbox;
  const Server server(sandbox, {"a.example"});
  const std::string answer = server.get("/");
  const std::string tag = header(answer, "ETag");
  EXPECT_EQ(answer,
            "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 4\r\n"
            "Accept-Ranges: bytes\r\nETag: " +
                tag +
                "\r\nCache-Control: no-cache\r\nX-Content-Type-Options: nosniff\r\n"
                "Connection: close\r\n\r\n<p>a");
  EXPECT_EQ(server.get("/index.html?x=1"), server.get("/"));
  EXPECT_NE(server.get("/styles.css").find("Content-Type: text/css; charset=utf-8\r\n"), std::string::npos);
  EXPECT_NE(server.get("/a%20b.svg").find("Content-Type: image/svg+xml\r\n"), std::string::npos);
  EXPECT_EQ(server.status("/no.html"), 404);
}

TEST(Serve, ShowsAllSitesWithAList) {
  const TwoSites sandbox;
  sandbox.dir().write("sites/<x>/index.html", "x");
  const Server server(sandbox);
  const std::string list = body_of(server.get("/"));
  EXPECT_NE(list.find("<li><a href=\"a.example/\">a.example</a></li>\n<li><a href=\"b.example/\">"), std::string::npos);
  EXPECT_EQ(list.find("<x>"), std::string::npos);
  EXPECT_EQ(body_of(server.get("/b.example/")), "<p>b");
  EXPECT_NE(server.get("/b.example").find("301 Moved Permanently\r\n"), std::string::npos);
  EXPECT_NE(server.get("/b.example").find("\r\nLocation: /b.example/\r\n"), std::string::npos);
}

TEST(Serve, GivesNothingOutsideAndNoDotFiles) {
  const TwoSites sandbox;
  sandbox.dir().write("secret", "s");
  const std::string site = sandbox.dir().at("sites/a.example/");
  sandbox.dir().write("sites/a.example/.env", "s");
  sandbox.dir().write("sites/a.example/.git/config", "s");
  fs::create_symlink("../../secret", site + "out");
  fs::create_symlink("/etc", site + "etc");
  fs::create_symlink("styles.css", site + "in.css");
  ASSERT_EQ(::mkfifo((site + "pipe").c_str(), 0600), 0);
  const Server server(sandbox, {"a.example"});
  for (const char* path : {"/../b.example/index.html", "/%2e%2e/b.example/index.html", "/..%2fb.example/index.html",
                           "/.env", "/%2eenv", "/.git/config", "/out", "/etc/passwd", "//etc/passwd", "/pipe",
                           "/styles.css%00.html", "/styles.css/", "/./styles.css", "/%zz", "/%2"}) {
    EXPECT_EQ(server.status(path), 404) << path;
  }
  EXPECT_EQ(body_of(server.get("/in.css")), "p {}");
}

TEST(Serve, AnswersGetAndHeadOnlyAndNoNameOfOthers) {
  const TwoSites sandbox;
  const Server server(sandbox, {"a.example"});
  const std::string head = server.raw("HEAD / HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() + "\r\n\r\n");
  EXPECT_NE(head.find("Content-Length: 4\r\n"), std::string::npos);
  EXPECT_EQ(body_of(head), "");
  EXPECT_NE(server.raw("POST / HTTP/1.1\r\nHost: localhost\r\n\r\n").find("405 Method Not Allowed\r\n"),
            std::string::npos);
  EXPECT_NE(server.raw("DELETE / HTTP/1.1\r\nHost: localhost\r\n\r\n").find("\r\nAllow: GET, HEAD\r\n"),
            std::string::npos);
  for (const char* const host :
       {"evil.example", "127.0.0.1.evil.example", "127.evil.example", "localhost.evil.example", "[::1].evil.example",
        "[::2]", "128.0.0.1", "anna@localhost", "localhost/x", "localhost#x", "localhost?x", "", "a b"}) {
    EXPECT_TRUE(server.raw("GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n").starts_with("HTTP/1.1 421 "))
        << host;
  }
  for (const char* const host : {"localhost", "LocalHost:80", "a.localhost", "127.0.0.1", "127.1.2.3:9", "[::1]:9"}) {
    EXPECT_TRUE(server.raw("GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n").starts_with("HTTP/1.1 200 "))
        << host;
  }
  EXPECT_TRUE(server.raw("GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n").starts_with("HTTP/1.1 421 "));
  EXPECT_TRUE(server.raw("GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n").starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(server.raw("GET / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 400 ")) << "no Host";
  EXPECT_TRUE(server.raw("GET / HTTP/1.1\r\nHost: localhost\r\nhost: localhost\r\n\r\n").starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(server.raw("GET /a\rb HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(server.raw("rubbish\r\n\r\n").starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(server.raw("GET / HTTP/2\r\n\r\n").starts_with("HTTP/1.1 505 "));
  EXPECT_TRUE(server.raw("GET / HTTP/1.1\r\nA: " + std::string(9000, 'x') + "\r\n\r\n").starts_with("HTTP/1.1 431 "));
}

TEST(Serve, GivesPartsOfAFile) {
  const TwoSites sandbox;
  sandbox.dir().write("sites/a.example/ten.mp4", "0123456789");
  const Server server(sandbox, {"a.example"});
  const auto part = [&server](const std::string& headers) {
    const std::string answer = server.raw("GET /ten.mp4 HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n");
    return answer.substr(9, 3) + " " + header(answer, "Content-Range") + " " + body_of(answer);
  };
  EXPECT_EQ(part("Range: bytes=2-4\r\n"), "206 bytes 2-4/10 234");
  EXPECT_EQ(part("Range: bytes=7-\r\n"), "206 bytes 7-9/10 789");
  EXPECT_EQ(part("Range: bytes=-3\r\n"), "206 bytes 7-9/10 789");
  EXPECT_EQ(part("Range: bytes=8-99\r\n"), "206 bytes 8-9/10 89");
  EXPECT_EQ(part("Range: bytes=10-\r\n").substr(0, 15), "416 bytes */10 ");
  for (const char* const whole : {"bytes=4-2", "bytes=0-1,3-4", "bytes=x-", "lines=0-1", "bytes=-"}) {
    EXPECT_EQ(part("Range: " + std::string(whole) + "\r\n"), "200  0123456789") << whole;
  }
  const std::string tag = header(server.get("/ten.mp4"), "ETag");
  EXPECT_EQ(part("Range: bytes=2-4\r\nIf-Range: " + tag + "\r\n"), "206 bytes 2-4/10 234");
  EXPECT_EQ(part("Range: bytes=2-4\r\nIf-Range: \"old\"\r\n"), "200  0123456789") << "it is another file by now";
}

TEST(Serve, SendsNothingAgainThatABrowserHas) {
  const TwoSites sandbox;
  const Server server(sandbox, {"a.example"});
  const std::string tag = header(server.get("/"), "ETag");
  const auto again = [&](const std::string& tags) {
    return server.raw("GET / HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: " + tags + "\r\n\r\n");
  };
  EXPECT_TRUE(again(tag).starts_with("HTTP/1.1 304 Not Modified\r\n"));
  EXPECT_EQ(body_of(again("\"x\", W/" + tag)), "");
  sandbox.dir().write("sites/a.example/index.html", "<p>b");
  EXPECT_EQ(body_of(again(tag)), "<p>b") << "an edit is seen at once";
}

TEST(Serve, ShowsTheSitesOwnPageForWhatIsNotThere) {
  const TwoSites sandbox;
  sandbox.dir().write("sites/a.example/404.html", "<p>gone");
  const Server server(sandbox);
  EXPECT_TRUE(server.get("/a.example/x/y.html").starts_with("HTTP/1.1 404 "));
  EXPECT_EQ(body_of(server.get("/a.example/x/y.html")), "<p>gone");
  EXPECT_NE(body_of(server.get("/b.example/x")), "<p>gone");
}

TEST(Serve, KeepsTheQueryInARedirect) {
  const TwoSites sandbox;
  const Server server(sandbox);
  EXPECT_EQ(header(server.get("/b.example?a=1&b=2"), "Location"), "/b.example/?a=1&b=2");
  EXPECT_EQ(server.raw("GET /b.example?a\rSet-Cookie:x HTTP/1.1\r\nHost: localhost\r\n\r\n").substr(9, 3), "400");
}

TEST(Serve, IsNotFilledByConnectionsThatAskForNothing) {
  const TwoSites sandbox;
  const Server server(sandbox, {"a.example"});
  std::vector<int> idle;
  for (int i = 0; i < 200; ++i) {
    idle.push_back(server.connect());
  }
  EXPECT_EQ(body_of(server.get("/")), "<p>a");
  for (const int socket : idle) {
    ::close(socket);
  }
}

TEST(Serve, IsNotHeldUpByASlowOrGoneBrowser) {
  const TwoSites sandbox;
  sandbox.dir().write("sites/a.example/large.bin", std::string(std::size_t{32} << 20U, 'x'));
  const Server server(sandbox, {"a.example"});
  const int slow = server.connect();
  ASSERT_EQ(::send(slow, "GET /", 5, MSG_NOSIGNAL), 5);
  const int gone = server.connect();
  const std::string request = "GET /large.bin HTTP/1.1\r\nHost: localhost\r\n\r\n";
  ASSERT_EQ(::send(gone, request.data(), request.size(), MSG_NOSIGNAL), static_cast<ssize_t>(request.size()));
  char byte = 0;
  ASSERT_EQ(::recv(gone, &byte, 1, 0), 1);
  ::close(gone);
  EXPECT_EQ(body_of(server.get("/")), "<p>a");
  EXPECT_EQ(body_of(server.get("/large.bin")).size(), std::size_t{32} << 20U);
  ::close(slow);
}

TEST(Serve, EndsWellOnASignal) {
  const TwoSites sandbox;
  for (const int signal : {SIGINT, SIGTERM}) {
    Server server(sandbox.command("serve", {"a.example"}));
    const std::string port = server.port();
    const ProcessResult result = server.end(signal);
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.out, "OK:serving:http://127.0.0.1:" + port + "/\n");
    EXPECT_EQ(result.err, "");
  }
}

TEST(Serve, SaysThatAPortIsTaken) {
  const TwoSites sandbox;
  const Server server(sandbox, {"a.example"});
  expect_exactly(sandbox, "serve", {"a.example", "--port", server.port()}, 2,
                 "ERROR:port_in_use:127.0.0.1:" + server.port() +
                     "\nanother program listens there: name another --port, or leave it out for any free one\n");
}

TEST(Serve, SaysWhatItCannotShow) {
  const TwoSites sandbox;
  expect_error(sandbox.run("serve", {"--path", "nowhere"}), "ERROR:directory_not_found:nowhere");
  expect_error(sandbox.run("serve", {"c.example"}), "ERROR:domain_not_found");
  expect_error(sandbox.run("serve", {"--port", "70000"}), "ERROR:invalid_argument");
  expect_error(sandbox.run("serve", {"--host", "example.org"}), "ERROR:invalid_argument");
  expect_error(Sandbox().run("serve"), "ERROR:registry_not_found");
}

}  // namespace
}  // namespace smbatcher::test
