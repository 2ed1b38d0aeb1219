#include "libregistry/sites/designs/design_fields.h"

#include <utility>

#include "libregistry/core/base/text.h"
#include "libregistry/sites/designs/yaml_kinds.h"
#include "libregistry/sites/designs/yaml_traps.h"

namespace smbatcher {
namespace {

using Kind = YamlValue::Kind;

constexpr ErrorWord kReason = "design_invalid";
constexpr std::size_t kLargestFrontMatter = std::size_t{256} << 10U;

/// What a list of named texts is about: the words of its messages.
struct Topic {
  std::string_view noun;     // of one text
  std::string_view form;     // of the whole value
  std::string_view example;  // of one text, as it is written
  bool takes_text;           // one text alone will do
};
constexpr Topic kColours{"colour", R"(a map of names and colours such as {accent: "#a4502f"}, or a list of colours)",
                         R"("#a4502f")", false};
constexpr Topic kFonts{"font", "a list of families such as [Lora, serif], or a map such as {body: Lora}", "Lora", true};

class FieldReader {
 public:
  FieldReader(const Lines& lines, const FrontMatterRange& front, const std::string& path)
      : lines_(lines), front_(front), path_(path) {}

  Result<DesignFields> read(YamlValue all) const {
    if (all.kind != Kind::kMap && all.kind != Kind::kNull) {
      return fail(
          error(all.line, "front matter must be keys and values such as 'theme: warm', not " + described(all.kind)));
    }
    DesignFields fields;
    for (const YamlEntry& entry : all.entries) {
      SMB_TRY(read_entry(fields, entry));
    }
    fields.all = std::move(all);
    return fields;
  }

  Error error(std::size_t line, std::string message) const {
    return malformed(kReason, place(path_, line), std::move(message));
  }

 private:
  Result<void> read_entry(DesignFields& fields, const YamlEntry& entry) const {
    for (const auto& [key, field] :
         {std::pair("domain", &DesignFields::domain), std::pair("batch", &DesignFields::batch),
          std::pair("layout", &DesignFields::layout), std::pair("theme", &DesignFields::theme)}) {
      if (entry.key == key) {
        SMB_TRY_ASSIGN(fields.*field, read_text(entry));
      }
    }
    if (entry.key == "palette" || entry.key == "colors") {
      SMB_TRY_ASSIGN(const std::vector<NamedTexts> palette, read_named(entry, kColours));
      fields.palette.insert(fields.palette.end(), palette.begin(), palette.end());
    } else if (entry.key == "typography") {
      SMB_TRY(read_typography(fields, entry));
    } else if (entry.key == "fonts") {
      SMB_TRY_ASSIGN(const std::vector<NamedTexts> fonts, read_named(entry, kFonts));
      fields.fonts.insert(fields.fonts.end(), fonts.begin(), fonts.end());
    } else if (entry.key == "stamp") {
      SMB_TRY_ASSIGN(fields.stamp, read_stamp(entry));
    }
    return {};
  }

  Result<std::string> read_text(const YamlEntry& entry) const {
    if (entry.value.kind == Kind::kNull) {
      SMB_TRY(check_not_swallowed(entry.key, entry.key, entry.line));
      return std::string();
    }
    if (entry.value.kind != Kind::kScalar) {
      return fail(error(entry.line, "'" + entry.key + "' must be text, not " + described(entry.value.kind) +
                                        ": write " + entry.key + ": \"…\""));
    }
    return entry.value.scalar;
  }

  Result<std::vector<NamedTexts>> read_named(const YamlEntry& entry, const Topic& topic) const {
    std::vector<NamedTexts> named;
    const YamlValue& value = entry.value;
    if (value.kind == Kind::kNull) {
      SMB_TRY(check_not_swallowed(entry.key, entry.key, entry.line));
    } else if (value.kind == Kind::kMap) {
      for (const YamlEntry& part : value.entries) {
        SMB_TRY_ASSIGN(NamedTexts texts, read_texts(part, topic, true));
        named.push_back(std::move(texts));
      }
    } else if (value.kind == Kind::kList || topic.takes_text) {
      SMB_TRY_ASSIGN(NamedTexts texts, read_texts(entry, topic, false));
      named.push_back(std::move(texts));
    } else {
      return fail(error(entry.line,
                        "'" + entry.key + "' must be " + std::string(topic.form) + ", not " + described(value.kind)));
    }
    return named;
  }

  /// `typography: {h1: {fontFamily: Lora, fontSize: 48px}}`: of each style the family is what counts here.
  Result<void> read_typography(DesignFields& fields, const YamlEntry& entry) const {
    for (const YamlEntry& style : entry.value.entries) {
      for (const YamlEntry& part : style.value.entries) {
        if (part.key == "fontFamily") {
          SMB_TRY_ASSIGN(NamedTexts texts, read_texts(part, kFonts, true));
          texts.name = style.key;
          fields.fonts.push_back(std::move(texts));
        }
      }
    }
    return {};
  }

  /// One text or a list of them; `is_named` where the key is theirs alone.
  Result<NamedTexts> read_texts(const YamlEntry& entry, const Topic& topic, bool is_named) const {
    NamedTexts texts{is_named ? entry.key : std::string(), {}, entry.line};
    const YamlValue& value = entry.value;
    if (value.kind == Kind::kMap) {
      return fail(error(entry.line, "'" + entry.key + "' must be a " + std::string(topic.noun) + " or a list of " +
                                        std::string(topic.noun) + "s, not a map"));
    }
    if (value.kind != Kind::kList) {
      SMB_TRY_ASSIGN(std::string text, read_one(value, entry.key, entry.line, topic, entry.key + ": "));
      texts.texts.push_back(std::move(text));
      return texts;
    }
    for (const YamlValue& item : value.items) {
      const std::size_t line = item.kind == Kind::kNull ? line_of_nothing(value) : item.line;
      SMB_TRY_ASSIGN(std::string text, read_one(item, entry.key, line, topic, "- "));
      texts.texts.push_back(std::move(text));
    }
    return texts;
  }

  Result<std::string> read_one(const YamlValue& value, const std::string& key, std::size_t line, const Topic& topic,
                               const std::string& before) const {
    if (value.kind == Kind::kScalar && !value.scalar.empty()) {
      return value.scalar;
    }
    const std::string subject = "a " + std::string(topic.noun) + " of '" + key + "'";
    if (value.kind == Kind::kNull || value.kind == Kind::kScalar) {
      SMB_TRY(check_not_swallowed(subject, before, line));
      return fail(
          error(line, subject + " is nothing: write " + before + std::string(topic.example) + ", or remove the line"));
    }
    return fail(error(
        line, subject + " must be text such as " + std::string(topic.example) + ", not " + described(value.kind)));
  }

  Result<std::optional<DesignStamp>> read_stamp(const YamlEntry& entry) const {
    if (entry.value.kind == Kind::kNull) {
      return std::nullopt;
    }
    if (entry.value.kind != Kind::kMap) {
      return fail(error(entry.line, "'stamp' is written by smbatcher write-design, and this is " +
                                        described(entry.value.kind) + ": remove the line"));
    }
    DesignStamp stamp;
    for (const YamlEntry& part : entry.value.entries) {
      for (const auto& [key, field] : {std::pair("batch", &DesignStamp::batch), std::pair("time", &DesignStamp::time),
                                       std::pair("hash", &DesignStamp::hash)}) {
        if (part.key == key) {
          SMB_TRY_ASSIGN(stamp.*field, read_text(part));
        }
      }
    }
    return stamp;
  }

  /// The value on `line` is nothing. Refused when a text that begins with '#' was meant: YAML takes it for a comment.
  Result<void> check_not_swallowed(const std::string& subject, const std::string& before, std::size_t line) const {
    const std::string_view text = swallowed_text(lines_.text(line));
    if (text.empty()) {
      return {};
    }
    const bool is_key = subject == before;
    return fail(error(line, (is_key ? "'" + subject + "'" : subject) +
                                " is nothing, since '#' begins a comment in YAML: " + "put it in quotes, " +
                                (is_key ? before + ": " : before) + "\"" + std::string(text) + "\""));
  }

  /// The line of the first item of a list that is nothing: YAML gives it no place.
  std::size_t line_of_nothing(const YamlValue& list) const {
    for (std::size_t number = list.line; number < front_.end_line; ++number) {
      const std::string_view text = trim(lines_.text(number));
      if (text == "-" || text.starts_with("- #") || text == "- ~" || text == "- null") {
        return number;
      }
    }
    return list.line;
  }

  const Lines& lines_;
  const FrontMatterRange& front_;
  const std::string& path_;
};

}  // namespace

Result<DesignFields> read_fields(const Lines& lines, const FrontMatterRange& front, const std::string& path) {
  const FieldReader reader(lines, front, path);
  if (!front.present()) {
    if (front.begins) {
      return fail(
          reader.error(1, "front matter begins here and has no end: write '---' on a line of its own behind it"));
    }
    return DesignFields{};
  }
  if (front.yaml.size() >
      kLargestFrontMatter) {  // yaml-cpp takes a kilobyte and more for each value, all before we see one
    return fail(reader.error(1, "front matter is longer than 256 KiB; is its end, a line '---', missing?"));
  }
  const std::string_view text = lines.bytes().substr(front.yaml.begin, front.yaml.size());
  constexpr std::size_t kFirstLine = 2;
  auto all = parse_yaml(text, path, kReason, kFirstLine);
  if (!all) {
    return fail(with_advice(std::move(all).error(), lines, kFirstLine, front.end_line - 1, path));
  }
  return reader.read(std::move(*all));
}

}  // namespace smbatcher
