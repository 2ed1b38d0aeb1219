#include "libregistry/sites/designs/design_stamp.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "libregistry/core/base/text_hash.h"
#include "libregistry/core/fs/leftovers.h"
#include "libregistry/core/fs/rewrite.h"
#include "libregistry/sites/designs/site_place.h"

namespace smbatcher {
namespace {

constexpr std::string_view kKey = "stamp";
constexpr std::string_view kBlanks = " \t";

std::string value_of(const DesignStamp& stamp) {
  return "{batch: \"" + stamp.batch + "\", time: \"" + stamp.time + "\", hash: \"" + stamp.hash + "\"}";
}

const YamlEntry* find_stamp(const YamlValue& all) {
  const auto entry =
      std::find_if(all.entries.begin(), all.entries.end(), [](const YamlEntry& each) { return each.key == kKey; });
  return entry == all.entries.end() ? nullptr : &*entry;
}

bool same_value(const YamlValue& a, const YamlValue& b) {
  const auto same_entry = [](const YamlEntry& x, const YamlEntry& y) {
    return x.key == y.key && same_value(x.value, y.value);
  };
  return a.kind == b.kind && a.scalar == b.scalar &&
         std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(), same_value) &&
         std::equal(a.entries.begin(), a.entries.end(), b.entries.begin(), b.entries.end(), same_entry);
}

/// Where the value `{…}` of the key is in its line; empty behind the colon for a key without a value, nullopt for a
/// value of another form or of several lines.
std::optional<ByteRange> value_range(std::string_view line, const YamlValue& value) {
  std::size_t at = line.find_first_not_of(kBlanks);
  if (at == std::string_view::npos || !line.substr(at).starts_with(kKey)) {
    return std::nullopt;
  }
  at = line.find_first_not_of(kBlanks, at + kKey.size());
  if (at == std::string_view::npos || line[at] != ':') {
    return std::nullopt;
  }
  ++at;
  if (value.kind == YamlValue::Kind::kNull) {
    const std::size_t rest = line.find_first_not_of(kBlanks, at);
    const bool is_bare = rest == std::string_view::npos || line[rest] == '#';
    return is_bare ? std::optional(ByteRange{at, at}) : std::nullopt;
  }
  const std::size_t begin = line.find_first_not_of(kBlanks, at);
  if (begin == std::string_view::npos || line[begin] != '{') {
    return std::nullopt;
  }
  char quote = 0;
  for (std::size_t i = begin + 1; i < line.size(); ++i) {
    const char c = line[i];
    if (quote != 0) {
      quote = c == quote ? '\0' : quote;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '{' || c == '#') {
      return std::nullopt;
    } else if (c == '}') {
      return ByteRange{begin, i + 1};
    }
  }
  return std::nullopt;
}

std::string replaced(const std::string& bytes, const ByteRange& range, const std::string& text) {
  return bytes.substr(0, range.begin) + text + bytes.substr(range.end);
}

Result<std::string> with_changed_line(const DesignDocument& document, const Lines& lines, const YamlEntry& entry,
                                      const std::string& value) {
  const auto range = value_range(lines.text(entry.line), entry.value);
  if (!range) {
    return fail(
        malformed("design_invalid", place(document.path, entry.line),
                  "'stamp' is not written on one line as smbatcher write-design does: remove it and call again"));
  }
  const std::size_t begin = lines.range(entry.line).begin;
  return replaced(document.bytes, {begin + range->begin, begin + range->end}, (range->size() == 0 ? " " : "") + value);
}

std::string with_new_line(const DesignDocument& document, const Lines& lines, const std::string& value) {
  std::string end = "\n";
  if (lines.count() > 0 && lines.whole_range(1).end > lines.range(1).end) {
    end = document.bytes.substr(lines.range(1).end, lines.whole_range(1).end - lines.range(1).end);
  }
  const std::string line = std::string(kKey) + ": " + value + end;
  if (!document.front.present()) {
    return replaced(document.bytes, {document.front.body.begin, document.front.body.begin},
                    "---" + end + line + "---" + end);
  }
  std::string indent;
  if (const YamlValue& all = document.fields.all; !all.entries.empty()) {
    const std::string_view first = lines.text(all.entries.front().line);
    indent = first.substr(0, std::min(first.find_first_not_of(kBlanks), first.size()));
  }
  return replaced(document.bytes, {document.front.yaml.end, document.front.yaml.end}, indent + line);
}

/// Nothing but the stamp reads differently.
bool is_confirmed(const DesignDocument& before, const std::string& text, const DesignStamp& stamp) {
  const auto after = parse_design(text, before.path);
  if (!after || after->body() != before.body() || !after->fields.stamp || after->fields.stamp->batch != stamp.batch ||
      after->fields.stamp->time != stamp.time || after->fields.stamp->hash != stamp.hash) {
    return false;
  }
  const auto without_stamp = [](YamlValue all) {
    std::erase_if(all.entries, [](const YamlEntry& entry) { return entry.key == kKey; });
    all.kind = YamlValue::Kind::kMap;
    return all;
  };
  return same_value(without_stamp(before.fields.all), without_stamp(after->fields.all));
}

}  // namespace

Result<std::string> with_stamp(const DesignDocument& document, const DesignStamp& stamp) {
  const Lines lines(document.bytes, byte_order_mark_size(document.bytes));
  std::string text;
  if (const YamlEntry* entry = find_stamp(document.fields.all); entry != nullptr) {
    SMB_TRY_ASSIGN(text, with_changed_line(document, lines, *entry, value_of(stamp)));
  } else {
    text = with_new_line(document, lines, value_of(stamp));
  }
  if (!is_confirmed(document, text, stamp)) {
    return fail(malformed("edit_not_confirmed", place(document.path, 1),
                          "the front matter takes no line for the stamp: write each key on a line of its own"));
  }
  return text;
}

Result<StampResult> stamp_design(FileOps& ops, const StampRequest& request) {
  StampResult result;
  result.path = request.folder + "/" + request.name;
  SMB_TRY_ASSIGN(const bool has_folder, has_real_folder(ops, request.folder));
  const Result<bool> has_design = has_folder ? has_file_inside(ops, request.folder, request.name) : has_folder;
  if (!has_design || !*has_design) {
    return fail(has_design ? design_not_found(result.path) : has_design.error());
  }
  std::optional<FileLock> lock;
  if (!request.dry_run) {
    SMB_TRY_ASSIGN(lock, lock_folder(ops, request.folder, request.deadline));
  }
  auto original = read_for_rewrite(ops, result.path, kLargestText);
  if (!original) {
    return fail(original.error().reason == ErrorWord("not_found") ? design_not_found(result.path)
                                                                  : std::move(original).error());
  }
  SMB_TRY_ASSIGN(const DesignDocument document, parse_design(original->bytes, result.path));
  result.stamp = {request.batch, format_time(request.now), content_hash(document.body())};
  if (const auto& known = document.fields.stamp;
      known && known->batch == result.stamp.batch && known->hash == result.stamp.hash && !known->time.empty()) {
    result.stamp = *known;
    result.repeated = true;
    return result;
  }
  SMB_TRY_ASSIGN(const std::string text, with_stamp(document, result.stamp));
  if (request.dry_run) {
    return result;
  }
  const std::string before = content_hash(original->bytes);
  const std::string after = content_hash(text);
  SMB_TRY_ASSIGN(result.warnings, clear_leftovers(ops, result.path, {before, after, before}));
  SMB_TRY(rewrite(ops, ReplaceNames::of(result.path), *original, text));
  SMB_TRY_ASSIGN(std::vector<Warning> kept, clear_leftovers(ops, result.path, {before, after, after}));
  result.warnings.insert(result.warnings.end(), kept.begin(), kept.end());
  return result;
}

}  // namespace smbatcher
