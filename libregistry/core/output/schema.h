#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/output/field.h"
#include "libregistry/core/output/outcome.h"

namespace smbatcher {

/// The field may be absent.
FieldForm maybe(FieldForm field);
/// The field has one of these values.
FieldForm one_of(FieldForm field, JsonArray values);
/// The field has a further keyword of JSON schema, such as {"minItems", 1}.
FieldForm with(FieldForm field, std::string keyword, Json value);
/// The field is an object with these members, or a list of such objects, which no Record prints.
FieldForm object_of(FieldForm field, const Fields& members);
FieldForm list_of(FieldForm field, const Fields& members);
/// The field's description stands among the definitions, under the field's name, however often it is used.
FieldForm shared(FieldForm field);

/// Why an answer is no: the word that callers branch on, what it means here, and what a FAIL with it may have besides.
struct Refusal {
  FailWord word;
  Literal meaning;
  Fields facts = {};
};

/// What a tool may answer, as a JSON schema (draft 2020-12). Each answer that it names has no keys but its own,
/// "warnings" and "exit_code"; an ERROR may have more.
///
///     Schema("Work that was given back.").ok("released", {kBatch, maybe(kLate)}).fail({held()}).error(kErrors)
///
/// A tool builds it for --schema only.
class Schema {
 public:
  explicit Schema(Literal description) : description_(description.text) {}

  /// OK:<word>, or one of several with the same fields. `when` says in which call, where a tool has several answers.
  Schema&& ok(OkWord word, const Fields& fields, std::string_view when = {}) &&;
  Schema&& ok_of(const std::vector<OkWord>& words, std::string_view meaning, const Fields& fields,
                 std::string_view when = {}) &&;
  /// OK:dry_run, where the call would have answered `word`.
  Schema&& would(OkWord word, const Fields& fields, std::string_view when = "with --dry-run") &&;
  Schema&& would_of(const std::vector<OkWord>& words, const Fields& fields,
                    std::string_view when = "with --dry-run") &&;
  /// FAIL with one of the refusals. It may have the facts of each, and has the `fields`.
  Schema&& fail(const std::vector<Refusal>& refusals, const Fields& fields = {}, std::string_view when = {}) &&;
  /// ERROR: `words` names the usual ones, with what is to be said of them.
  Schema&& error(std::string_view words, const Fields& fields = {}) &&;
  /// The answer named last ends with one of these exit statuses, not with that of its kind.
  Schema&& exits(const JsonArray& codes) &&;
  /// An answer that no Outcome prints: an object with these fields, and perhaps others.
  Schema&& other(std::string_view title, const Fields& fields) &&;

  /// Laid out in lines, with a newline at the end. Each answer of a tool that has a registry may name it.
  std::string text(std::string_view tool, bool has_registry) const;

 private:
  struct Form {
    std::string title;
    Fields fields;
    bool open;  // it may have other keys too
  };

  Schema&& add(WordKind kind, const std::string& words, std::string_view when, FieldForm word, Fields fields) &&;

  std::string_view description_;
  std::vector<Form> forms_;
};

}  // namespace smbatcher
