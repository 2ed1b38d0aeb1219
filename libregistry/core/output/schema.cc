#include "libregistry/core/output/schema.h"

#include <algorithm>
#include <utility>

#include "libregistry/core/base/text.h"
#include "libregistry/core/output/outcome_fields.h"

namespace smbatcher {
namespace {

using namespace field;

/// Stands for a schema that is to be hoisted.
constexpr std::string_view kShared = "$shared";

/// Replaces what is shared by a reference, and keeps it among the definitions.
Json hoist(const Json& json, JsonObject& definitions) {
  if (const JsonArray* const array = json.array()) {
    JsonArray hoisted;
    for (const Json& value : *array) {
      hoisted.push_back(hoist(value, definitions));
    }
    return hoisted;
  }
  const JsonObject* const object = json.object();
  if (object == nullptr) {
    return json;
  }
  JsonObject hoisted;
  for (const auto& [key, value] : *object) {
    if (key == kShared) {
      const auto& [name, schema] = value.object()->front();
      set_member(definitions, name, hoist(schema, definitions));
      hoisted.emplace_back("$ref", "#/$defs/" + name);
    } else {
      hoisted.emplace_back(key, hoist(value, definitions));
    }
  }
  return hoisted;
}

/// JSON in lines of at most 120 columns, where it can be divided.
void lay_out(std::string& text, const Json& json, std::size_t indent, std::size_t used) {
  constexpr std::size_t kColumns = 120;
  const std::string line = json.dump();
  const JsonArray* const array = json.array();
  const JsonObject* const object = json.object();
  if (indent + used + line.size() <= kColumns || (array == nullptr && object == nullptr)) {
    text += line;
    return;
  }
  const std::string margin(indent + 2, ' ');
  const char* before = "\n";
  text += array != nullptr ? '[' : '{';
  if (array != nullptr) {
    for (const Json& value : *array) {
      text += before + margin;
      lay_out(text, value, indent + 2, 1);
      before = ",\n";
    }
  } else {
    for (const auto& [key, value] : *object) {
      const std::string name = Json(key).dump() + ": ";
      text += before + margin + name;
      lay_out(text, value, indent + 2, name.size() + 1);
      before = ",\n";
    }
  }
  text += '\n' + std::string(indent, ' ');
  text += array != nullptr ? ']' : '}';
}

/// What the caller branches on.
FieldForm word_of(FieldForm field, std::string meaning, const std::vector<std::string_view>& words) {
  field.meaning = meaning.empty() ? field.meaning : std::move(meaning);
  return one_of(std::move(field), JsonArray(words.begin(), words.end()));
}

std::vector<std::string_view> texts_of(const std::vector<OkWord>& words) {
  std::vector<std::string_view> texts;
  texts.reserve(words.size());
  for (const OkWord word : words) {
    texts.push_back(word.row().word);
  }
  return texts;
}

std::string title_of(std::string words, std::string_view when) {
  return when.empty() ? words : words.append(", ").append(when);
}

}  // namespace

JsonObject object_schema(const Fields& fields) {
  JsonArray required;
  JsonObject properties;
  for (const FieldForm& field : fields) {
    const bool known = std::any_of(properties.begin(), properties.end(),
                                   [&](const auto& property) { return property.first == field.name; });
    if (known) {
      continue;  // two reasons have the same fact, or the answer names the registry itself
    }
    if (field.required) {
      required.emplace_back(field.name);
    }
    JsonObject property{{"description", field.meaning}};
    property.insert(property.end(), field.schema.begin(), field.schema.end());
    properties.emplace_back(std::string(field.name), std::move(property));
  }
  return {{"type", "object"},
          {"required", std::move(required)},
          {"additionalProperties", false},
          {"properties", std::move(properties)}};
}

JsonObject shared_schema(std::string_view name, JsonObject schema) {
  return {{std::string(kShared), JsonObject{{std::string(name), std::move(schema)}}}};
}

FieldForm maybe(FieldForm field) {
  field.required = false;
  return field;
}

FieldForm one_of(FieldForm field, JsonArray values) {
  if (values.size() == 1) {
    field.schema = {{"const", std::move(values.front())}};
  } else {
    field.schema = {{"enum", std::move(values)}};
  }
  return field;
}

FieldForm with(FieldForm field, std::string keyword, Json value) {
  set_member(field.schema, keyword, std::move(value));
  return field;
}

FieldForm object_of(FieldForm field, const Fields& members) {
  field.schema = object_schema(members);
  return field;
}

FieldForm list_of(FieldForm field, const Fields& members) {
  field.schema = {{"type", "array"}, {"items", object_schema(members)}};
  return field;
}

FieldForm shared(FieldForm field) {
  field.schema = shared_schema(field.name, std::move(field.schema));
  return field;
}

Schema&& Schema::add(WordKind kind, const std::string& words, std::string_view when, FieldForm word, Fields fields) && {
  const bool is_error = kind == WordKind::kError;
  Fields all{std::move(word)};
  if (kind != WordKind::kOk) {
    all.emplace_back(kMessage);
  }
  if (is_error) {
    all.push_back(maybe(kWhere));
  }
  all.insert(all.end(), fields.begin(), fields.end());
  all.push_back(maybe(shared(kWarnings)));
  all.push_back(one_of(kExitCode, {kind == WordKind::kOk ? 0 : is_error ? 2 : 1}));
  forms_.push_back({title_of(words, when), std::move(all), is_error});
  return std::move(*this);
}

Schema&& Schema::ok(OkWord word, const Fields& fields, std::string_view when) && {
  return std::move(*this).ok_of({word}, {}, fields, when);
}

Schema&& Schema::ok_of(const std::vector<OkWord>& words, std::string_view meaning, const Fields& fields,
                       std::string_view when) && {
  std::vector<std::string> titles;
  titles.reserve(words.size());
  for (const OkWord word : words) {
    titles.push_back("OK:" + word.text());
  }
  return std::move(*this).add(WordKind::kOk, join(titles, " or "), when,
                              word_of(kResult, std::string(meaning), texts_of(words)), fields);
}

Schema&& Schema::would(OkWord word, const Fields& fields, std::string_view when) && {
  return std::move(*this).would_of({word}, fields, when);
}

Schema&& Schema::would_of(const std::vector<OkWord>& words, const Fields& fields, std::string_view when) && {
  Fields all{word_of(kWould, {}, texts_of(words))};
  all.insert(all.end(), fields.begin(), fields.end());
  return std::move(*this).ok_of({"dry_run"}, "nothing was changed", all, when);
}

Schema&& Schema::fail(const std::vector<Refusal>& refusals, const Fields& fields, std::string_view when) && {
  std::vector<std::string_view> words;
  std::vector<std::string> meanings;
  Fields all = fields;
  for (const Refusal& refusal : refusals) {
    words.push_back(refusal.word.row().word);
    meanings.push_back(refusal.word.text() + ": " + std::string(refusal.meaning.text));
    for (const FieldForm& fact : refusal.facts) {
      all.push_back(maybe(fact));
    }
  }
  return std::move(*this).add(WordKind::kFail, "FAIL", when, word_of(kReason, join(meanings, "; "), words),
                              std::move(all));
}

Schema&& Schema::error(std::string_view words, const Fields& fields) && {
  FieldForm word = kError;
  word.meaning = words;
  return std::move(*this).add(WordKind::kError, "ERROR", {}, std::move(word), fields);
}

Schema&& Schema::exits(const JsonArray& codes) && {
  FieldForm& exit_code = forms_.back().fields.back();
  exit_code = one_of(exit_code, codes);
  return std::move(*this);
}

Schema&& Schema::other(std::string_view title, const Fields& fields) && {
  forms_.push_back({std::string(title), fields, true});
  return std::move(*this);
}

std::string Schema::text(std::string_view tool, bool has_registry) const {
  JsonArray forms;
  for (const Form& form : forms_) {
    Fields fields = form.fields;
    if (has_registry && !form.open) {
      fields.push_back(maybe(kRegistry));
    }
    JsonObject schema{{"title", form.title}};
    for (auto& [keyword, value] : object_schema(fields)) {
      if (!form.open || keyword != "additionalProperties") {
        schema.emplace_back(keyword, std::move(value));
      }
    }
    forms.emplace_back(std::move(schema));
  }
  JsonObject definitions;
  Json answers = hoist(forms, definitions);
  std::string text;
  lay_out(text,
          JsonObject{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                     {"title", "smbatcher " + std::string(tool) + " --format json"},
                     {"description", description_},
                     {"oneOf", std::move(answers)},
                     {"$defs", std::move(definitions)}},
          0, 0);
  return text + "\n";
}

}  // namespace smbatcher
