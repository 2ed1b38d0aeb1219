#include "libregistry/audit/document.h"

#include <algorithm>

#include "libregistry/core/base/ascii.h"
#include "libregistry/core/base/json_fields.h"
#include "libregistry/core/base/text.h"

namespace smbatcher {
namespace {

constexpr std::size_t kLongestName = 128;
// Beyond this a number is kept in another form than the one it was written in.
constexpr std::size_t kMostDigits = 18;

std::string place_of(const std::string& path, std::string_view text, std::size_t byte) {
  const std::string_view before = text.substr(0, byte);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const std::size_t column = before.size() - (before.rfind('\n') + 1) + 1;  // npos + 1 is 0: the first line
  return path + ":" + std::to_string(line) + ":" + std::to_string(column);
}

Error invalid(const std::string& where, const std::string& why) {
  return malformed("invalid_json", where, "Invalid JSON in coordination file: " + where + ": " + why);
}

/// The offset of a whole number that would not be written back as it was; npos when there is none. Fractions are
/// rounded in the same way by everybody who reads the file.
std::size_t find_long_number(std::string_view text) {
  constexpr std::string_view kNumber = "+-.0123456789Ee";
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') {
      for (++i; i < text.size() && text[i] != '"'; ++i) {
        i += text[i] == '\\' ? 1U : 0U;
      }
    } else if (text[i] == '-' || is_digit(text[i])) {
      const std::size_t end = std::min(text.find_first_not_of(kNumber, i), text.size());
      const std::string_view number = text.substr(i, end - i);
      if (number.size() > kMostDigits && number.find_first_of(".Ee") == std::string_view::npos) {
        return i;
      }
      i = end - 1;
    }
  }
  return std::string_view::npos;
}

/// What a part must be; empty when it is that.
std::string fault_in(const Json& document) {
  if (!document.is_object()) {
    return "it is not an object";
  }
  for (const char* const key : {"current_work", "statistics"}) {
    const Json* const part = document.find(key);
    if (part == nullptr || !part->is_object()) {
      return "'" + std::string(key) + "' is missing or no object";
    }
  }
  for (const char* const key : {"completed_audits", "work_queue"}) {
    const Json* const part = document.find(key);
    if (part == nullptr || part->array() == nullptr) {
      return "'" + std::string(key) + "' is missing or no list";
    }
  }
  const Json* const locked = document.find("current_work")->find("locked");
  return locked == nullptr || !locked->boolean() ? "'current_work.locked' is neither true nor false" : "";
}

}  // namespace

Result<Json> parse_audit_document(std::string_view text, const std::string& path) {
  auto parsed = parse_json(text);
  if (const auto* const error = std::get_if<JsonError>(&parsed)) {
    return fail(invalid(place_of(path, text, error->byte), error->message));
  }
  if (const std::size_t number = find_long_number(text); number != std::string_view::npos) {
    return fail(invalid(place_of(path, text, number), "a number has more digits than can be kept"));
  }
  Json document = std::move(std::get<Json>(parsed));
  if (const std::string fault = fault_in(document); !fault.empty()) {
    return fail(invalid(path, fault));
  }
  return document;
}

std::string audit_text(const Json& document) { return document.pretty(Json::Letters::kAscii); }

std::string audit_time(WallTime time) {
  std::string text = format_time_ms(time);
  text.insert(text.size() - 1, "000");  // the clock has milliseconds, the format microseconds
  return text;
}

CurrentWork CurrentWork::of(const Json& document) {
  const Json* const part = document.find("current_work");
  if (part == nullptr) {
    return {};
  }
  const auto text = [part](std::string_view key) { return string_field(*part, key).value_or(""); };
  const Json* const locked = part->find("locked");
  return {locked != nullptr && locked->boolean().value_or(false), text("repo"), text("instance_id"), text("started"),
          text("status")};
}

std::vector<std::string> queued_repos(const Json& document) {
  std::vector<std::string> repos;
  const Json* const queue = document.find("work_queue");
  if (queue != nullptr && queue->array() != nullptr) {
    for (const Json& entry : *queue->array()) {
      if (auto repo = string_field(entry, "repo")) {
        repos.push_back(std::move(*repo));
      }
    }
  }
  return repos;
}

bool is_queued(const Json& document, std::string_view repo) {
  const std::vector<std::string> repos = queued_repos(document);
  return std::find(repos.begin(), repos.end(), repo) != repos.end();
}

bool is_audit_name(std::string_view text) {
  return !text.empty() && text.size() <= kLongestName && is_valid_utf8(text) &&
         std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

bool is_repo_name(std::string_view text) {
  return is_audit_name(text) && text.find('/') == std::string_view::npos && text != "." && text != "..";
}

}  // namespace smbatcher
