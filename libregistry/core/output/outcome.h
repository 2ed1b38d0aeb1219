#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/base/json.h"
#include "libregistry/core/base/result.h"
#include "libregistry/core/base/warning.h"

namespace smbatcher {

Json to_json(const std::vector<Warning>& warnings);

/// The last three are other people's formats for findings: see Outcome::document().
enum class Format { kText, kJson, kSimple, kJunit, kSarif, kGithub };

/// What a tool says: one OK, FAIL or ERROR with its fields, printed as a line of text or as one JSON object.
///
/// Text: "OK:<word>[:<details>]" (or FAIL:, ERROR:) first, then the message where the first line does not say it, the
/// lines added for people, and the warnings. An ERROR without details has its message on the first line.
/// JSON: {"result"|"reason"|"error": <word>, [message,] fields in the order added, [warnings,] "exit_code"}, one line.
/// Control characters in details and lines are escaped. Source: docs/machine-contract.md.
class Outcome {
 public:
  static Outcome ok(OkWord word, std::string details = {});
  static Outcome fail(FailWord word, std::string details, std::string message);
  static Outcome error(ErrorWord word, std::string details, std::string message);
  /// Prints `text` as it is, whatever the format: for a tool whose output is that of what it ran (nothing of its own),
  /// or whose callers have known it in another form.
  static Outcome verbatim(std::string text, int exit_code);
  /// What its word says: FAIL or ERROR, with the facts as fields.
  static Outcome of(const Error& error);

  Outcome&& add(std::string key, Json value) &&;
  Outcome& add(std::string key, Json value) &;
  /// A further line of the text form.
  Outcome&& line(std::string text) &&;
  Outcome& line(std::string text) &;
  /// Text for people that is laid out (and its contents escaped) already: tables, with colour on a terminal. Text form
  /// only, after the lines.
  Outcome& block(std::string_view text);
  /// The whole first line of the text form, for a tool whose callers have known it by another one than "OK:<word>".
  Outcome& headline(std::string line);
  Outcome& warn(std::vector<Warning> warnings);
  /// Ends with another exit status than that of its kind.
  Outcome& exit_as(int exit_code);
  /// What Format::kSimple prints of an OK, and nothing else (ids, one a line), as it is; of a FAIL or ERROR it prints
  /// the first line of the text.
  Outcome& simple(std::vector<std::string> lines);
  /// What the formats after kSimple print, and nothing else. Without one (an ERROR) they print the text form.
  Outcome& document(std::string text);

  /// Unset for verbatim().
  const std::optional<Word>& word() const { return word_; }
  /// Of a refusal; see Error::retry_after.
  const std::optional<std::chrono::seconds>& retry_after() const { return retry_after_; }
  const JsonObject& fields() const { return fields_; }
  /// "OK:reaped:2": the word with its details, without a message.
  std::string headline() const;
  int exit_code() const;
  std::string render(Format format) const;

 private:
  Outcome() = default;
  Outcome(Word word, std::string details, std::string message);
  std::string render_json() const;
  std::string render_text() const;

  std::optional<Word> word_;
  std::optional<int> exit_code_;         // unset: that of the kind
  std::optional<std::string> verbatim_;  // all that is printed
  std::string details_;
  std::string headline_;  // empty: made of the above
  std::string message_;
  JsonObject fields_;
  std::optional<std::chrono::seconds> retry_after_;
  std::vector<std::string> lines_;
  std::string block_;
  std::vector<std::string> simple_;
  std::optional<std::string> document_;
  std::vector<Warning> warnings_;
};

}  // namespace smbatcher
