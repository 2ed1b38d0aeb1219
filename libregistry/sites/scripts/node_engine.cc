#include "libregistry/sites/scripts/node_engine.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include "libregistry/core/base/json.h"
#include "libregistry/core/base/text.h"
#include "libregistry/core/fs/descriptor.h"
#include "libregistry/core/process/child.h"
#include "libregistry/sites/scripts/node_helper.h"

namespace smbatcher {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::size_t kMaxOutput = std::size_t{16} << 20U;
constexpr const char* kAdvice = "install Node.js 16 or newer, or put it first on PATH";

std::string_view name_of(ScriptGoal goal) {
  switch (goal) {
    case ScriptGoal::kModule:
      return "module";
    case ScriptGoal::kHandler:
      return "handler";
    case ScriptGoal::kCommonJs:
      return "commonjs";
    case ScriptGoal::kEither:
      return "either";
    case ScriptGoal::kClassic:
      break;
  }
  return "classic";
}

std::string question(const std::vector<ScriptText>& scripts) {
  JsonArray list;
  for (const ScriptText& script : scripts) {
    list.push_back(JsonObject{
        {"path", script.path}, {"root", script.root}, {"goal", name_of(script.goal)}, {"text", script.text}});
  }
  return Json(JsonObject{{"scripts", std::move(list)}}).dump();
}

/// A file in memory that holds `text`, read from its beginning.
Result<Descriptor> memory_file(const std::string& text) {
  Descriptor file(system_file_ops(), ::memfd_create("smbatcher-scripts", MFD_CLOEXEC));
  if (file.get() < 0) {
    return fail(io_error("cannot hand scripts to node", errno));
  }
  for (std::size_t written = 0; written < text.size();) {
    const ssize_t size =
        ::pwrite(file.get(), text.data() + written, text.size() - written, static_cast<off_t>(written));
    if (size < 0 && errno != EINTR) {
      return fail(io_error("cannot hand scripts to node", errno));
    }
    written += size > 0 ? static_cast<std::size_t>(size) : 0;
  }
  return file;
}

Error engine_error(ErrorWord reason, std::string message) {
  return Error{Errc::kIo, reason, {}, std::move(message), {}, {}};
}

struct Run {
  std::string output;
  Child::End end;
};

int milliseconds_until(SteadyTime deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
}

/// Appends what is there to be read; false at the end.
bool read_some(int pipe, std::string& output) {
  std::array<char, 65536> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): read(2) fills it
  while (true) {
    const ssize_t size = ::read(pipe, buffer.data(), buffer.size());
    if (size > 0) {
      output.append(buffer.data(), static_cast<std::size_t>(size));
      return true;
    }
    if (size == 0 || errno != EINTR) {
      return size < 0 && errno == EAGAIN;
    }
  }
}

/// Until the command has ended, whoever else holds the pipe. Node has nothing to save: it is killed at once.
Result<Run> follow(Child child, int pipe, const ScriptEngine& engine) {
  const SteadyTime deadline = std::chrono::steady_clock::now() + engine.timeout;
  Run run;
  bool is_open = true;
  std::optional<ErrorWord> stopped;
  while (!stopped) {
    std::array<pollfd, 2> waited{{{child.exit_descriptor(), POLLIN, 0}, {is_open ? pipe : -1, POLLIN, 0}}};
    ::poll(waited.data(), waited.size(), milliseconds_until(deadline));
    if (waited[1].revents != 0) {
      is_open = read_some(pipe, run.output);
    } else if (waited[0].revents != 0) {
      run.end = child.wait();
      return run;
    }
    if (run.output.size() > kMaxOutput) {
      stopped = ErrorWord("node_failed");
    } else if (std::chrono::steady_clock::now() >= deadline) {
      stopped = ErrorWord("node_timeout");
    }
  }
  child.signal_group(SIGKILL);
  (void)child.wait();
  return fail(engine_error(*stopped, *stopped == ErrorWord("node_failed")
                                         ? "'" + engine.node + "' prints without end; is it Node.js?"
                                         : "'" + engine.node + "' had not answered after " +
                                               std::to_string(engine.timeout.count() / 1000) +
                                               " s and was stopped; nothing was checked"));
}

Result<Run> run_node(const std::vector<ScriptText>& scripts, const ScriptEngine& engine) {
  SMB_TRY_ASSIGN(const Descriptor input, memory_file(question(scripts)));
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
    return fail(io_error("cannot read from node", errno));
  }
  const Descriptor reader(system_file_ops(), ends[0]);
  Descriptor writer(system_file_ops(), ends[1]);
  // Node writes to pipes as if they blocked; what else is called node may not.
  ::fcntl(writer.get(), F_SETFL, 0);
  ChildSetting setting;
  setting.output = writer.get();
  setting.input = input.get();
  setting.environment = {"NODE_OPTIONS=", "NODE_V8_COVERAGE=", "NODE_DEBUG=", "NO_COLOR=1"};
  auto child = Child::start({engine.node, "--experimental-vm-modules", "--no-warnings", "--input-type=commonjs",
                             "--eval", std::string(kNodeHelper)},
                            setting);
  writer = Descriptor();
  if (!child) {
    Error error = not_found("node_not_found", child.error().message + "; " + kAdvice);
    return fail(std::move(error));
  }
  return follow(std::move(*child), reader.get(), engine);
}

/// What node printed, to be shown: its first line that says something.
std::string first_words(const std::string& output) {
  const std::size_t begin = output.find_first_not_of("\r\n \t");
  if (begin == std::string::npos) {
    return "nothing";
  }
  constexpr std::size_t kShown = 200;
  return "'" + escape_control(output.substr(begin, std::min(output.find_first_of("\r\n", begin) - begin, kShown))) +
         "'";
}

Error no_answer(const Run& run, const ScriptEngine& engine) {
  if (run.output.find("bad option") != std::string::npos) {
    return engine_error("node_too_old", "'" + engine.node + "' does not know what is asked of it: " +
                                            first_words(run.output) + "; " + kAdvice);
  }
  return engine_error("node_failed", "'" + engine.node + "' ended with exit code " +
                                         std::to_string(run.end.exit_code()) + " and no answer; it printed " +
                                         first_words(run.output));
}

}  // namespace

namespace {

std::size_t number_in(const Json& entry, std::string_view key) {
  const Json* const value = entry.find(key);
  return static_cast<std::size_t>(std::max<std::int64_t>(value == nullptr ? 0 : value->integer().value_or(0), 0));
}

/// nullopt when `json` is not what the helper prints.
std::optional<ScriptVerdict> verdict_of(const Json& json, std::size_t scripts) {
  const Json* const faults = json.find("faults");
  const Json* const imports = json.find("imports");
  if (faults == nullptr || faults->array() == nullptr || imports == nullptr || imports->array() == nullptr) {
    return std::nullopt;
  }
  ScriptVerdict verdict;
  for (const Json& entry : *faults->array()) {
    const Json* const message = entry.find("message");
    const Json* const is_module = entry.find("isModule");
    if (number_in(entry, "script") >= scripts || message == nullptr || message->string() == nullptr) {
      return std::nullopt;
    }
    verdict.faults.push_back({number_in(entry, "script"), number_in(entry, "line"), number_in(entry, "column"),
                              *message->string(), is_module != nullptr && is_module->boolean().value_or(false)});
  }
  for (const Json& entry : *imports->array()) {
    const Json* const names = entry.find("names");
    if (number_in(entry, "script") >= scripts || names == nullptr || names->array() == nullptr) {
      return std::nullopt;
    }
    for (const Json& name : *names->array()) {
      if (name.string() == nullptr) {
        return std::nullopt;
      }
      verdict.imports.push_back({number_in(entry, "script"), *name.string()});
    }
  }
  return verdict;
}

}  // namespace

Result<ScriptVerdict> judge_scripts(const std::vector<ScriptText>& scripts, const ScriptEngine& engine) {
  if (scripts.empty()) {
    return ScriptVerdict();
  }
  SMB_TRY_ASSIGN(const Run run, run_node(scripts, engine));
  const std::size_t mark = run.output.rfind(kNodeMark);
  if (mark == std::string::npos) {
    return fail(no_answer(run, engine));
  }
  const std::size_t begin = mark + kNodeMark.size();
  const auto answer = parse_json(std::string_view(run.output).substr(begin, run.output.find('\n', begin) - begin));
  const Json* const json = std::get_if<Json>(&answer);
  if (json == nullptr || run.end.exit_code() != 0) {
    return fail(no_answer(run, engine));
  }
  if (const Json* const too_old = json->find("tooOld"); too_old != nullptr && too_old->boolean().value_or(false)) {
    const Json* const version = json->find("version");
    return fail(engine_error(
        "node_too_old", "'" + engine.node + "' is " +
                            (version != nullptr && version->string() != nullptr ? escape_control(*version->string())
                                                                                : std::string("too old")) +
                            ", which cannot read modules; " + kAdvice));
  }
  auto verdict = verdict_of(*json, scripts.size());
  return verdict ? Result<ScriptVerdict>(std::move(*verdict)) : fail(no_answer(run, engine));
}

std::size_t offset_of(std::string_view text, std::size_t line, std::size_t utf16_column) {
  const auto separator = [text](std::size_t at) {  // U+2028 or U+2029
    return text.substr(at).starts_with("\xE2\x80\xA8") || text.substr(at).starts_with("\xE2\x80\xA9");
  };
  std::size_t at = 0;
  for (std::size_t number = 1; number < line && at < text.size(); ++at) {
    const bool is_crlf = text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n';
    if ((text[at] == '\n' || text[at] == '\r') && !is_crlf) {
      ++number;
    } else if (separator(at)) {
      ++number;
      at += 2;
    }
  }
  for (std::size_t column = 1; column < utf16_column && at < text.size(); ++column) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    column += size == 4 ? 1 : 0;  // two UTF-16 units
    at = std::min(at + size, text.size());
  }
  return at;
}

}  // namespace smbatcher
