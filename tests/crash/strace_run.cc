#include "tests/crash/strace_run.h"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <system_error>

#include "tests/support/temp_dir.h"

namespace smbatcher::test {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

/// "17 fsync(5) = 0" without the process; empty for what is not a call (signals, the end).
std::string call_in(const std::string& line) {
  const std::size_t begin = line.find_first_not_of(' ', std::min(line.find(' '), line.size()));
  const std::string text = begin == std::string::npos ? "" : line.substr(begin);
  return text.empty() || text.starts_with("+++") || text.starts_with("---") ? "" : text;
}

std::string name_in(const std::string& call) { return call.substr(0, call.find('(')); }

Command under_strace(Command command, const std::string& output, const std::vector<std::string>& options) {
  std::vector<std::string> argv{"strace", "-f", "-o", output};
  argv.insert(argv.end(), options.begin(), options.end());
  argv.insert(argv.end(), command.argv.begin(), command.argv.end());
  command.argv = std::move(argv);
  return command;
}

}  // namespace

std::string why_no_strace() {
#ifdef __SANITIZE_ADDRESS__
  return "built with sanitizers: their run-time library makes system calls of its own";
#else
  try {
    const ProcessResult result = run(under_strace({.argv = {"true"}}, "/dev/null", {}));
    return result.status == 0 ? "" : "strace cannot trace here: " + result.err;
  } catch (const std::system_error& error) {
    return std::string("strace is not there: ") + error.what();
  }
#endif
}

TracedRun trace(const Command& command, const std::vector<std::string>& more) {
  const TempDir dir;
  TracedRun traced{run(under_strace(command, dir.at("trace"), more)), {}};
  std::map<std::string, int> counts;
  std::string process;
  bool in_main = false;
  for (const std::string& line : lines_of(dir.read("trace"))) {
    const std::string call = call_in(line);
    const std::string caller = line.substr(0, line.find(' '));
    if (!process.empty() && caller != process) {
      throw std::runtime_error("a second process or thread was traced: " + line);
    }
    process = caller;
    if (call.empty()) {
      continue;
    }
    const std::string name = name_in(call);
    const int nth = ++counts[name];
    in_main = in_main || name == "fcntl" || name == "rt_sigaction";
    if (in_main) {
      traced.calls.push_back({name, nth, call});
    }
  }
  if (!in_main) {
    throw std::runtime_error("no call of main() was traced: " + traced.result.err);
  }
  return traced;
}

InjectedRun inject(const Command& command, const TracedCall& call, const std::string& what) {
  const TempDir dir;
  const std::string injection = call.name + ":" + what + ":when=" + std::to_string(call.nth);
  InjectedRun injected{
      run(under_strace(command, dir.at("trace"), {"-e", "trace=" + call.name, "-e", "inject=" + injection})), false};
  const std::vector<std::string> lines = lines_of(dir.read("trace"));
  injected.reached = std::count_if(lines.begin(), lines.end(), [&](const std::string& line) {
                       return name_in(call_in(line)) == call.name;
                     }) >= call.nth;
  return injected;
}

}  // namespace smbatcher::test
