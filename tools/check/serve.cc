#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <limits>

#include "libregistry/core/process/signal_queue.h"
#include "libregistry/sites/whole/preview_server.h"
#include "tools/check/check_targets.h"
#include "tools/queue/open_queue.h"
#include "tools/support/run_tool.h"
#include "tools/support/standard_output.h"

namespace smbatcher {
namespace {

struct Serve {
  static constexpr std::string_view kSummary = "preview a site, or all sites, in a browser";
  static constexpr Effect kEffect = Effect::kReads;
  static constexpr Program kProgram = Program::kNet;
  std::optional<std::string> domain;
  std::optional<std::string> path;
  std::optional<std::string> root;
  std::string host = "127.0.0.1";
  std::uint64_t port = 0;
  bool open = false;

  void declare(OptionSet& options) {
    options.positional("DOMAIN", domain, "the site; all sites when none is named").excludes("--path");
    options.text("--path DIR", path, "this folder instead");
    options.text("--host ADDRESS", host, "where to listen; anything but a loopback address lets other machines look");
    options.number("--port N", port, "0 is any free port");
    options.flag("--open", open, "open it in a browser (xdg-open)");
    options.text("--root DIR", root, "the folder that the sites' folder is in, where it is not the work tree");
    options.example("smbatcher serve bakery.example --open", "look at one site");
    options.example("smbatcher serve --port 8000", "look at all sites, until Ctrl-C");
  }

  Result<Outcome> run(const Context& context) const {
    if (port > std::numeric_limits<std::uint16_t>::max()) {
      return fail(usage_error("invalid_argument", "--port " + std::to_string(port) + " is not a port: 0 to 65535"));
    }
    SMB_TRY_ASSIGN(PreviewServer::Setting setting, find_folder(context));
    setting.host = host;
    setting.port = static_cast<std::uint16_t>(port);
    SMB_TRY_ASSIGN(const SignalQueue signals, SignalQueue::take_over({SIGINT, SIGTERM}));
    SMB_TRY_ASSIGN(PreviewServer server, PreviewServer::listen(setting));
    Outcome outcome = Outcome::ok("serving", server.url());
    outcome.add("url", server.url()).add("folder", setting.folder);
    if (!server.is_loopback()) {
      outcome.warn({{"", 0, "not_loopback", "other machines can look at this folder as long as this runs"}});
    }
    if (open && !open_browser(server.url())) {
      outcome.warn({{"", 0, "browser_not_opened", "xdg-open could not be started: open the address by hand"}});
    }
    if (!write_standard_output(outcome.render(context.common.format))) {
      return Outcome::verbatim({}, 2);
    }
    SMB_TRY(server.run(signals.descriptor()));
    return Outcome::verbatim({}, 0);
  }

 private:
  Result<PreviewServer::Setting> find_folder(const Context& context) const {
    PreviewServer::Setting setting;
    if (!domain && !path) {
      SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context, {{}, root, false}));
      setting.folder = queue.paths.work_tree + "/" + queue.config.sites_dir;
      setting.lists_folders = true;
      return setting;
    }
    TargetOptions target;
    target.root = root;
    (path ? target.folders : target.names).push_back(path ? *path : *domain);
    SMB_TRY_ASSIGN(const CheckTargets found, find_targets(context, target, false));
    setting.folder = found.targets.front().path;
    return setting;
  }

  /// Whoever shows the address is not ours: it lives on, and hears and says nothing here.
  static bool open_browser(const std::string& url) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
      posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
    }
    sigset_t none;
    sigset_t plain;
    sigemptyset(&none);
    sigemptyset(&plain);
    sigaddset(&plain, SIGPIPE);
    sigaddset(&plain, SIGXFSZ);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &plain);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
    std::string program = "xdg-open";
    std::string address = url;
    std::array<char*, 3> argv{program.data(), address.data(), nullptr};
    pid_t child = -1;
    const int error = ::posix_spawnp(&child, program.c_str(), &actions, &attributes, argv.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error == 0;
  }
};

}  // namespace

int serve_main(const Operation& self, int argc, const char* const* argv) { return run_tool<Serve>(self, argc, argv); }

}  // namespace smbatcher
