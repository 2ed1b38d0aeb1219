// The main() of both programs. Called by the name of an operation, through a link, the program is that operation;
// called by any other name it takes the operation's name as its first argument, and has help and version.

#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/base/text.h"
#include "libregistry/core/output/outcome.h"
#include "tools/other_names.h"
#include "tools/overview.h"
#include "tools/support/operations.h"
#include "tools/support/own_program.h"
#include "tools/support/standard_output.h"

namespace smbatcher {
namespace {

int print(std::string_view text, int exit_code) {
  return prepare_standard_output() && finish_standard_output(text) ? exit_code : 2;
}

int refuse(const Error& error, Format format) {
  const Outcome outcome = Outcome::of(error);
  return print(outcome.render(format), outcome.exit_code());
}

/// The path of the program that holds what this one does not: beside this one, or where `make install` puts it.
std::string path_of(Program program) {
  const std::filesystem::path here = std::filesystem::path(own_program()).parent_path();
  const bool net = program == Program::kNet;
  const std::string name = net ? "smbatcher-net" : "smbatcher";
  const std::filesystem::path beside = here / name;
  const std::filesystem::path installed = here / (net ? "../libexec/smbatcher" : "../../bin") / name;
  return std::filesystem::exists(beside) ? beside : installed;
}

/// Becomes the other program, under the name of the operation; answers only when that failed.
Error become(const Operation& operation, const char* const* argv) {
  const std::string path = path_of(operation.program);
  std::vector<char*> words;
  for (const char* const* word = argv; *word != nullptr; ++word) {
    words.push_back(const_cast<char*>(*word));  // NOLINT(cppcoreguidelines-pro-type-const-cast): execv(3)
  }
  words.push_back(nullptr);
  ::execv(path.c_str(), words.data());
  Error error = io_error("cannot run '" + path + "', which holds " + std::string(operation.name), errno);
  error.reason = ErrorWord("tool_not_started");
  return error;
}

/// The format that is asked for, also where the rest cannot be understood.
Format requested_format(int argc, const char* const* argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if ((word == "--format" && i + 1 < argc && std::string_view(argv[i + 1]) == "json") || word == "--format=json") {
      return Format::kJson;
    }
  }
  return Format::kText;
}

/// `argv` begins with the operation's name.
int run_operation(const Operation& operation, int argc, const char* const* argv) {
  if (operation.main != nullptr) {
    return operation.main(operation, argc, argv);
  }
  return refuse(become(operation, argv), requested_format(argc, argv));
}

struct OtherCall {
  const Operation* operation = nullptr;  // null where the words are no other name
  std::vector<const char*> argv;         // of the operation, without the null at the end
};

/// What a call by another name of an operation stands for; `argv` begins with its words.
OtherCall call_by_other_name(int argc, const char* const* argv) {
  for (const OtherName& name : kOtherNames) {
    std::string typed;
    int count = 0;
    while (count < argc && typed.size() < name.words.size()) {
      typed += (count == 0 ? "" : " ") + std::string(argv[count]);
      ++count;
    }
    if (typed == name.words) {
      OtherCall call{find_operation(name.operation), {name.operation.data()}};
      if (!name.option.empty()) {
        call.argv.push_back(name.option.data());
      }
      call.argv.insert(call.argv.end(), argv + count, argv + argc);
      return call;
    }
  }
  return {};
}

/// The words after help or version, without --format and its value.
std::vector<std::string> without_format(int argc, const char* const* argv) {
  std::vector<std::string> words;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--format" && i + 1 < argc) {
      ++i;
    } else if (!word.starts_with("--format=")) {
      words.push_back(word);
    }
  }
  return words;
}

/// `help [TOOL|GROUP]`; `argv` begins with the word help.
int answer_help(int argc, const char* const* argv) {
  const Format format = requested_format(argc, argv);
  std::vector<std::string> words = without_format(argc, argv);
  for (const OtherName& name : kOtherNames) {
    if (join(words, " ") == name.words) {
      words = {std::string(name.operation)};
    }
  }
  if (words.size() > 1) {
    return refuse(usage_error("invalid_argument", "unexpected argument '" + words[1] +
                                                      "'; smbatcher help takes the name of one tool or of one group"),
                  format);
  }
  std::optional<std::string> group;
  if (!words.empty()) {
    if (is_group(words[0])) {
      group = words[0];
    } else if (const Operation* const operation = find_operation(words[0])) {
      const std::array<const char*, 4> call{words[0].c_str(), "--help",
                                            format == Format::kJson ? "--format=json" : nullptr, nullptr};
      return run_operation(*operation, format == Format::kJson ? 3 : 2, call.data());
    } else {
      return refuse(unknown_operation(words[0]), format);
    }
  }
  if (format == Format::kJson) {
    return print(operations_as_json(group).render(format), 0);
  }
  return print(group ? group_listing(*group) : first_screen(), 0);
}

int answer_version(int argc, const char* const* argv) {
  const Format format = requested_format(argc, argv);
  const std::vector<std::string> words = without_format(argc, argv);
  if (!words.empty()) {
    return refuse(usage_error("invalid_argument", "unexpected argument '" + words[0] + "'"), format);
  }
  return print(format == Format::kJson ? Outcome::ok("version").add("version", SMB_VERSION).render(format)
                                       : "smbatcher " SMB_VERSION "\n",
               0);
}

int dispatch(int argc, const char* const* argv) {
  constexpr std::array<const char*, 2> kHelp{"help", nullptr};
  if (argc == 0) {
    return answer_help(1, kHelp.data());
  }
  const std::string_view name = argv[0];
  if (name == "help" || name == "--help" || name == "-h") {
    return answer_help(argc, argv);
  }
  if (name == "version" || name == "--version" || name == "-V") {
    return answer_version(argc, argv);
  }
  if (const Operation* const operation = find_operation(name)) {
    return run_operation(*operation, argc, argv);
  }
  if (OtherCall call = call_by_other_name(argc, argv); call.operation != nullptr) {
    call.argv.push_back(nullptr);
    return run_operation(*call.operation, static_cast<int>(call.argv.size()) - 1, call.argv.data());
  }
  return refuse(unknown_operation(std::string(name)), requested_format(argc, argv));
}

int run_program(int argc, const char* const* argv) {
  std::string_view name = argc > 0 ? argv[0] : "";
  name = name.substr(name.rfind('/') + 1);
  if (const Operation* const operation = find_operation(name)) {
    return run_operation(*operation, argc, argv);
  }
  return argc > 0 ? dispatch(argc - 1, argv + 1) : dispatch(0, argv);
}

}  // namespace
}  // namespace smbatcher

int main(int argc, char** argv) { return smbatcher::run_program(argc, argv); }
