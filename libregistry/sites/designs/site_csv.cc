#include <algorithm>
#include <optional>
#include <utility>

#include "libregistry/core/base/text.h"
#include "libregistry/sites/designs/site_formats.h"

namespace smbatcher {
namespace {

struct Record {
  std::size_t line = 0;
  std::vector<std::string> fields;
};

/// The records of a text, one after the other. Source: RFC 4180; a line may end with LF or CR alone, too.
class CsvReader {
 public:
  CsvReader(std::string_view text, const std::string& path) : text_(text), path_(path) {}

  /// The next record that is not a blank line; nothing at the end.
  Result<std::optional<Record>> next() {
    while (at_ < text_.size()) {
      SMB_TRY_ASSIGN(Record record, read_record());
      if (record.fields.size() > 1 || !trim(record.fields.front()).empty()) {
        return record;
      }
    }
    return std::nullopt;
  }

 private:
  Result<Record> read_record() {
    Record record{line_, {}};
    do {
      SMB_TRY_ASSIGN(std::string field, next_is('"') ? read_quoted() : read_plain());
      record.fields.push_back(std::move(field));
    } while (skip(','));
    if (skip('\r') || next_is('\n')) {
      skip('\n');
      ++line_;
    }
    return record;
  }

  Result<std::string> read_plain() {
    const std::string_view field = text_.substr(at_, text_.find_first_of(",\"\r\n", at_) - at_);
    at_ += field.size();
    if (next_is('"')) {
      return fail(bad_site_file(
          path_, line_, "a quote stands inside a field; put the whole field in quotes and double each quote in it"));
    }
    return std::string(field);
  }

  Result<std::string> read_quoted() {
    const std::size_t opened_on = line_;
    std::string field;
    do {
      ++at_;  // the opening quote, or the second one of a doubled quote
      const std::size_t end = text_.find('"', at_);
      if (end == std::string_view::npos) {
        return fail(bad_site_file(path_, opened_on, "a quote opens here and is never closed; close it"));
      }
      const std::string_view part = text_.substr(at_, end - at_);
      line_ += static_cast<std::size_t>(std::count(part.begin(), part.end(), '\n'));
      field += part;
      at_ = end + 1;
      if (next_is('"')) {
        field += '"';
      }
    } while (next_is('"'));
    if (at_ < text_.size() && !next_is(',') && !next_is('\r') && !next_is('\n')) {
      return fail(bad_site_file(
          path_, line_, "text follows a closing quote; put a comma there, or double the quotes inside the field"));
    }
    return field;
  }

  bool next_is(char c) const { return at_ < text_.size() && text_[at_] == c; }

  bool skip(char c) {
    const bool found = next_is(c);
    at_ += found ? 1 : 0;
    return found;
  }

  std::string_view text_;
  const std::string& path_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

/// What each column fills; null for one that is ignored. A name that is nearly a known one is a slip, not another
/// column.
Result<std::vector<SiteField>> read_header(const Record& header, const std::string& path) {
  std::vector<SiteField> columns;
  for (const std::string& title : header.fields) {
    const std::string name = to_lower(trim(title));
    const SiteField field = site_field(name);
    if (const std::string near = field == nullptr ? near_field(name) : ""; !near.empty()) {
      return fail(bad_site_file(
          path, header.line, "unknown column '" + escape_control(name) + "'; did you mean '" + near + "'? rename it"));
    }
    if (field != nullptr && std::find(columns.begin(), columns.end(), field) != columns.end()) {
      return fail(bad_site_file(path, header.line, "column '" + name + "' stands twice; remove one"));
    }
    columns.push_back(field);
  }
  if (std::find(columns.begin(), columns.end(), &NewSite::domain) == columns.end()) {
    return fail(bad_site_file(path, header.line,
                              "the first line names no column 'domain'; begin with a line such as "
                              "domain,name,description,theme (with commas)"));
  }
  return columns;
}

}  // namespace

Result<std::vector<ListedSite>> parse_csv_sites(std::string_view text, const std::string& path) {
  CsvReader reader(text, path);
  std::vector<ListedSite> sites;
  SMB_TRY_ASSIGN(std::optional<Record> record, reader.next());
  if (!record) {
    return sites;
  }
  SMB_TRY_ASSIGN(const std::vector<SiteField> columns, read_header(*record, path));
  while (true) {
    SMB_TRY_ASSIGN(record, reader.next());
    if (!record) {
      return sites;
    }
    if (record->fields.size() != columns.size()) {
      return fail(bad_site_file(path, record->line,
                                "this line has " + counted(record->fields.size(), "field") + ", the header " +
                                    std::to_string(columns.size()) + "; put a field that holds commas in quotes"));
    }
    ListedSite& listed = sites.emplace_back();
    listed.line = record->line;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (columns[i] != nullptr) {
        listed.site.*columns[i] = std::move(record->fields[i]);
      }
    }
  }
}

}  // namespace smbatcher
