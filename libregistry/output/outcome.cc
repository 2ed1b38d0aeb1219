#include "libregistry/output/outcome.h"

#include <utility>

#include "libregistry/base/text.h"

namespace smbatcher {
namespace {

struct KindWords {
  std::string_view line;  // the first word of the text form
  std::string_view key;   // the first key of the JSON form
  int exit_code;
};

KindWords words_of(Outcome::Kind kind) {
  switch (kind) {
    case Outcome::Kind::kOk:
      return {"OK", "result", 0};
    case Outcome::Kind::kFail:
      return {"FAIL", "reason", 1};
    case Outcome::Kind::kError:
      break;
  }
  return {"ERROR", "error", 2};
}

void append_line(std::string& text, std::string_view line) {
  text += escape_control(line);
  text += '\n';
}

std::string describe(const Warning& warning) {
  std::string text = "warning: ";
  if (!warning.file.empty()) {
    text += warning.file + ":";
    text += warning.line == 0 ? " " : std::to_string(warning.line) + ": ";
  }
  return text + warning.code + ": " + warning.message;
}

/// The message as people read it: the place of the fault first, as compilers print it.
std::string with_place(const std::string& message, const JsonObject& fields) {
  for (const auto& [key, value] : fields) {
    if (key == "where" && value.string() != nullptr && message.find(*value.string()) == std::string::npos) {
      return *value.string() + ": " + message;
    }
  }
  return message;
}

}  // namespace

Json to_json(const std::vector<Warning>& warnings) {
  JsonArray array;
  array.reserve(warnings.size());
  for (const Warning& warning : warnings) {
    array.emplace_back(JsonObject{{"file", warning.file},
                                  {"line", static_cast<std::uint64_t>(warning.line)},
                                  {"code", warning.code},
                                  {"message", warning.message}});
  }
  return array;
}

Outcome Outcome::ok(std::string type, std::string details) {
  Outcome outcome;
  outcome.type_ = std::move(type);
  outcome.details_ = std::move(details);
  return outcome;
}

Outcome Outcome::fail(std::string reason, std::string details, std::string message) {
  Outcome outcome = ok(std::move(reason), std::move(details));
  outcome.kind_ = Kind::kFail;
  outcome.message_ = std::move(message);
  return outcome;
}

Outcome Outcome::error(std::string type, std::string details, std::string message) {
  Outcome outcome = fail(std::move(type), std::move(details), std::move(message));
  outcome.kind_ = Kind::kError;
  return outcome;
}

Outcome Outcome::verbatim(std::string text, int exit_code) {
  Outcome outcome;
  outcome.verbatim_ = std::move(text);
  outcome.exit_code_ = exit_code;
  return outcome;
}

Outcome Outcome::of(const Error& error) {
  Outcome outcome = fail(error.reason, error.details, error.message);
  outcome.kind_ = error.code == Errc::kRefused ? Kind::kFail : Kind::kError;
  if (!error.where.empty()) {
    outcome.add("where", error.where);
  }
  for (const auto& [key, value] : error.facts) {
    outcome.add(key, value);
  }
  return outcome;
}

Outcome&& Outcome::add(std::string key, Json value) && {
  add(std::move(key), std::move(value));
  return std::move(*this);
}

Outcome& Outcome::add(std::string key, Json value) & {
  fields_.emplace_back(std::move(key), std::move(value));
  return *this;
}

Outcome&& Outcome::line(std::string text) && {
  line(std::move(text));
  return std::move(*this);
}

Outcome& Outcome::line(std::string text) & {
  lines_.push_back(std::move(text));
  return *this;
}

Outcome& Outcome::warn(std::vector<Warning> warnings) {
  for (Warning& warning : warnings) {
    warnings_.push_back(std::move(warning));
  }
  return *this;
}

Outcome& Outcome::headline(std::string line) {
  headline_ = std::move(line);
  return *this;
}

Outcome& Outcome::block(std::string_view text) {
  block_ += text;
  return *this;
}

Outcome& Outcome::simple(std::vector<std::string> lines) {
  simple_ = std::move(lines);
  return *this;
}

Outcome& Outcome::document(std::string text) {
  document_ = std::move(text);
  return *this;
}

Outcome& Outcome::exit_as(int exit_code) {
  exit_code_ = exit_code;
  return *this;
}

int Outcome::exit_code() const { return exit_code_.value_or(words_of(kind_).exit_code); }

std::string Outcome::render(Format format) const {
  if (verbatim_) {
    return *verbatim_;
  }
  if (format == Format::kJson) {
    return render_json();
  }
  if (format == Format::kSimple && kind_ == Kind::kOk) {
    return simple_.empty() ? std::string() : join(simple_, "\n") + "\n";
  }
  if (document_ && format != Format::kText && format != Format::kSimple) {
    return *document_;
  }
  const std::string text = render_text();
  return format == Format::kSimple ? text.substr(0, text.find('\n') + 1) : text;
}

std::string Outcome::headline() const {
  if (!headline_.empty()) {
    return headline_;
  }
  return std::string(words_of(kind_).line) + ":" + type_ + (details_.empty() ? "" : ":" + details_);
}

std::string Outcome::render_json() const {
  JsonObject object{{std::string(words_of(kind_).key), type_}};
  if (kind_ != Kind::kOk) {
    object.emplace_back("message", message_.empty() ? details_ : message_);
  }
  object.insert(object.end(), fields_.begin(), fields_.end());
  if (!warnings_.empty()) {
    object.emplace_back("warnings", to_json(warnings_));
  }
  object.emplace_back("exit_code", exit_code());
  return Json(std::move(object)).dump() + "\n";
}

std::string Outcome::render_text() const {
  std::string first = headline();
  std::string second = with_place(message_, fields_);
  if (details_.empty() && kind_ == Kind::kError && !second.empty()) {
    first += ":" + std::exchange(second, {});
  }
  std::string text;
  append_line(text, first);
  if (!second.empty() && details_.find(message_) == std::string::npos) {
    append_line(text, second);
  }
  for (const std::string& line : lines_) {
    append_line(text, line);
  }
  text += block_;
  for (const Warning& warning : warnings_) {
    append_line(text, describe(warning));
  }
  return text;
}

}  // namespace smbatcher
