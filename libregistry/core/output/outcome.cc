#include "libregistry/core/output/outcome.h"

#include <utility>

#include "libregistry/core/base/text.h"
#include "libregistry/core/output/outcome_fields.h"

namespace smbatcher {
namespace {

/// How a kind of answer is printed.
struct KindForm {
  std::string_view line;  // the first word of the text form
  std::string_view key;   // the first key of the JSON form
  int exit_code;
};

KindForm form_of(Word word) {
  switch (word.kind()) {
    case WordKind::kOk:
      return {"OK", field::kResult.name, 0};
    case WordKind::kFail:
      return {"FAIL", field::kReason.name, 1};
    default:
      return {"ERROR", field::kError.name, 2};
  }
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
    if (key == field::kWhere.name && value.string() != nullptr && message.find(*value.string()) == std::string::npos) {
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
    array.push_back(field::kWarning.print(warning.file, warning.line, warning.code, warning.message));
  }
  return array;
}

Outcome::Outcome(Word word, std::string details, std::string message)
    : word_(word), details_(std::move(details)), message_(std::move(message)) {}

Outcome Outcome::ok(OkWord word, std::string details) { return {word, std::move(details), {}}; }

Outcome Outcome::fail(FailWord word, std::string details, std::string message) {
  return {word, std::move(details), std::move(message)};
}

Outcome Outcome::error(ErrorWord word, std::string details, std::string message) {
  return {word, std::move(details), std::move(message)};
}

Outcome Outcome::verbatim(std::string text, int exit_code) {
  Outcome outcome;
  outcome.verbatim_ = std::move(text);
  outcome.exit_code_ = exit_code;
  return outcome;
}

Outcome Outcome::of(const Error& error) {
  Outcome outcome(error.reason, error.details, error.message);
  outcome.retry_after_ = error.retry_after;
  if (!error.where.empty()) {
    smbatcher::add(outcome, field::kWhere, error.where);
  }
  for (auto& [key, value] : error.json_facts()) {
    outcome.add(std::move(key), std::move(value));
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

int Outcome::exit_code() const { return exit_code_ ? *exit_code_ : form_of(*word_).exit_code; }

std::string Outcome::render(Format format) const {
  if (verbatim_) {
    return *verbatim_;
  }
  if (format == Format::kJson) {
    return render_json();
  }
  if (format == Format::kSimple && word_->kind() == WordKind::kOk) {
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
  return std::string(form_of(*word_).line) + ":" + word_->text() + (details_.empty() ? "" : ":" + details_);
}

std::string Outcome::render_json() const {
  JsonObject object{{std::string(form_of(*word_).key), word_->text()}};
  if (word_->kind() != WordKind::kOk) {
    smbatcher::add(object, field::kMessage, message_.empty() ? details_ : message_);
  }
  object.insert(object.end(), fields_.begin(), fields_.end());
  if (!warnings_.empty()) {
    smbatcher::add(object, field::kWarnings, to_json(warnings_));
  }
  smbatcher::add(object, field::kExitCode, static_cast<std::uint64_t>(exit_code()));
  return Json(std::move(object)).dump() + "\n";
}

std::string Outcome::render_text() const {
  std::string first = headline();
  std::string second = with_place(message_, fields_);
  if (details_.empty() && word_->kind() == WordKind::kError && !second.empty()) {
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
