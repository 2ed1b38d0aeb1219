#include "libregistry/core/config/yaml.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include "libregistry/core/base/text.h"

namespace smbatcher {
namespace {

constexpr int kMaxDepth = 64;
constexpr std::string_view kTooDeep = "nested deeper than 64 levels";

class Converter {
 public:
  Converter(const std::string& path, ErrorWord reason, std::size_t first_line, std::size_t max_values)
      : path_(path), reason_(reason), first_line_(first_line), max_values_(max_values) {}

  /// `line` is the line of the parent: the mark of an absent value is the next token's.
  Result<YamlValue> convert(const YAML::Node& node, std::size_t line, int depth) {
    line = node.IsNull() ? line : line_of(node.Mark(), line);
    if (depth > kMaxDepth) {
      return fail(error(line, std::string(kTooDeep)));
    }
    if (++values_ > max_values_) {
      return fail(
          error(line, "holds more than " + std::to_string(max_values_) + " values; do its aliases repeat each other?"));
    }
    YamlValue value;
    value.line = line;
    if (node.IsScalar()) {
      value.kind = YamlValue::Kind::kScalar;
      value.scalar = node.Scalar();
    } else if (node.IsSequence()) {
      value.kind = YamlValue::Kind::kList;
      for (const YAML::Node& item : node) {
        SMB_TRY_ASSIGN(YamlValue converted, convert(item, line, depth + 1));
        value.items.push_back(std::move(converted));
      }
    } else if (node.IsMap()) {
      value.kind = YamlValue::Kind::kMap;
      for (const auto& pair : node) {
        SMB_TRY(add_entry(value, pair.first, pair.second, depth));
      }
    }
    return value;
  }

  Error error(std::size_t line, std::string message) const {
    return malformed(reason_, place(path_, line), std::move(message));
  }

  std::size_t line_of(const YAML::Mark& mark, std::size_t otherwise) const {
    return mark.line < 0 ? otherwise : first_line_ + static_cast<std::size_t>(mark.line);
  }

 private:
  Result<void> add_entry(YamlValue& map, const YAML::Node& key, const YAML::Node& child, int depth) {
    const std::size_t line = line_of(key.Mark(), map.line);
    if (!key.IsScalar()) {
      return fail(error(line, "a key must be a word, not a list, a map or nothing"));
    }
    const std::string& name = key.Scalar();
    // yaml-cpp keeps both and answers with the first.
    const auto same = std::find_if(map.entries.begin(), map.entries.end(),
                                   [&name](const YamlEntry& entry) { return entry.key == name; });
    if (same != map.entries.end()) {
      return fail(error(line, "key '" + name + "' stands twice; the first is on line " + std::to_string(same->line)));
    }
    SMB_TRY_ASSIGN(YamlValue value, convert(child, line, depth + 1));
    map.entries.push_back({name, line, std::move(value)});
    return {};
  }

  const std::string& path_;
  ErrorWord reason_;
  std::size_t first_line_;
  std::size_t max_values_;
  std::size_t values_ = 0;
};

std::size_t line_at(std::string_view text, std::size_t offset, std::size_t first_line) {
  const std::string_view before = text.substr(0, offset);
  return first_line + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
}

/// With every lone CR as LF. Both end a line in YAML 1.2 (5.4), but yaml-cpp takes a lone CR for text in some places
/// and for a line end in others, and never counts it.
std::string with_plain_line_ends(std::string_view text) {
  std::string source(text);
  for (std::size_t at = source.find('\r'); at != std::string::npos; at = source.find('\r', at + 1)) {
    if (at + 1 == source.size() || source[at + 1] != '\n') {
      source[at] = '\n';
    }
  }
  return source;
}

/// Where the text of each document of a stream begins; everything else is passed over.
class DocumentMarks final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& /*mark*/) override { awaited_ = true; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override { meet(mark); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override { meet(mark); }
  void OnScalar(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                const std::string& /*value*/) override {
    meet(mark);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                       YAML::EmitterStyle::value /*style*/) override {
    meet(mark);
  }
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                  YAML::EmitterStyle::value /*style*/) override {
    meet(mark);
  }
  void OnMapEnd() override {}

  std::vector<YAML::Mark> take() { return std::move(starts_); }

 private:
  void meet(const YAML::Mark& mark) {
    if (std::exchange(awaited_, false)) {
      starts_.push_back(mark);
    }
  }

  std::vector<YAML::Mark> starts_;
  bool awaited_ = false;
};

/// The first two documents. YAML::LoadAll() is not used: in a text such as "," it finds documents without end and takes
/// all memory.
std::vector<YAML::Mark> first_documents(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  DocumentMarks marks;
  for (int i = 0; i < 2 && parser.HandleNextDocument(marks); ++i) {
  }
  return marks.take();
}

}  // namespace

std::string place(const std::string& path, std::size_t line) { return path + ":" + std::to_string(line); }

Result<YamlValue> parse_yaml(std::string_view text_as_written, const std::string& path, ErrorWord reason,
                             std::size_t first_line, std::size_t max_values) {
  Converter converter(path, reason, first_line, max_values);
  const std::string text = with_plain_line_ends(text_as_written);
  // yaml-cpp would replace such bytes silently.
  if (const std::size_t bad = find_invalid_utf8(text); bad != std::string_view::npos) {
    return fail(converter.error(line_at(text, bad, first_line), "not UTF-8 text; save the file as UTF-8"));
  }
  if (const std::size_t nul = text.find('\0'); nul != std::string::npos) {
    return fail(converter.error(line_at(text, nul, first_line), "a NUL byte stands in the text; remove it"));
  }
  try {
    const std::vector<YAML::Mark> documents = first_documents(text);
    if (documents.size() > 1) {
      const std::size_t line = converter.line_of(documents[1], first_line);
      return fail(converter.error(line, "a second document begins; only one is read, remove the '---' before it"));
    }
    return documents.empty() ? YamlValue{} : converter.convert(YAML::Load(text), first_line, 0);
  } catch (const YAML::Exception& error) {
    if (error.mark.is_null()) {
      return fail(converter.error(first_line, "not valid YAML: " + error.msg));
    }
    const std::size_t line = converter.line_of(error.mark, first_line);
    if (error.msg == "bad file") {  // yaml-cpp's words for its own limit, about 500 levels
      return fail(converter.error(line, std::string(kTooDeep)));
    }
    const std::string column = std::to_string(error.mark.column + 1);
    return fail(converter.error(line, "not valid YAML: " + error.msg + " (column " + column + ")"));
  } catch (const std::exception& error) {
    return fail(converter.error(first_line, std::string("not valid YAML: ") + error.what()));
  }
}

}  // namespace smbatcher
