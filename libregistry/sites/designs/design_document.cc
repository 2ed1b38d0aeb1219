#include "libregistry/sites/designs/design_document.h"

#include <algorithm>
#include <utility>

#include "libregistry/core/base/text.h"
#include "libregistry/core/fs/snapshot.h"
#include "libregistry/queue/document/collapse.h"
#include "libregistry/queue/document/guards.h"
#include "libregistry/sites/designs/design_fields.h"
#include "libregistry/sites/designs/outputs_check.h"
#include "libregistry/sites/designs/site_place.h"

namespace smbatcher {

std::vector<DocumentSection> DesignDocument::section(std::string_view heading) const {
  const std::string wanted = to_lower(trim(heading));
  const auto begin = std::find_if(sections.begin(), sections.end(), [&wanted](const DocumentSection& section) {
    return section.level > 0 && to_lower(section.heading) == wanted;
  });
  if (begin == sections.end()) {
    return {};
  }
  const auto end = std::find_if(begin + 1, sections.end(),
                                [&begin](const DocumentSection& section) { return section.level <= begin->level; });
  return {begin, end};
}

std::string_view DesignDocument::text_of(const std::vector<DocumentSection>& neighbours) const {
  if (neighbours.empty()) {
    return {};
  }
  return without_blank_lines(part({neighbours.front().range.begin, neighbours.back().range.end}));
}

Error design_not_found(const std::string& path) {
  Error error = not_found("design_not_found", "no design document is at '" + path +
                                                  "'; smbatcher design-run prepares one, and people may write it");
  error.details = path;
  error.where = path;
  return error;
}

Result<DesignDocument> read_design(FileOps& ops, const std::string& path) {
  auto bytes = read_file(ops, path, kLargestText);
  if (!bytes) {
    return fail(bytes.error().reason == ErrorWord("not_found") ? design_not_found(path) : std::move(bytes).error());
  }
  return parse_design(std::move(*bytes), path);
}

Result<DesignDocument> read_site_design(FileOps& ops, const RegistryPaths& paths, const Config& config,
                                        const std::string& domain) {
  SMB_TRY_ASSIGN(const std::string folder, site_folder(paths, config, domain));
  SMB_TRY_ASSIGN(const bool is_there, has_file_inside(ops, folder, config.design_file));
  const std::string path = folder + "/" + config.design_file;
  return is_there ? read_design(ops, path) : fail(design_not_found(path));
}

Result<DesignDocument> parse_design(std::string bytes, const std::string& path) {
  DesignDocument document;
  document.path = path;
  document.bytes = std::move(bytes);
  const Lines lines(document.bytes, byte_order_mark_size(document.bytes));
  const Collapsed collapsed(lines);
  SMB_TRY(check_source(lines, collapsed, path));
  document.front = find_front_matter(lines);
  SMB_TRY_ASSIGN(document.fields, read_fields(lines, document.front, path));
  SMB_TRY_ASSIGN(document.sections, find_sections(lines, document.front, path));
  return document;
}

Json to_json(const YamlValue& value) {
  switch (value.kind) {
    case YamlValue::Kind::kScalar:
      return value.scalar;
    case YamlValue::Kind::kList: {
      JsonArray array;
      for (const YamlValue& item : value.items) {
        array.push_back(to_json(item));
      }
      return array;
    }
    case YamlValue::Kind::kMap: {
      JsonObject object;
      for (const YamlEntry& entry : value.entries) {
        object.emplace_back(entry.key, to_json(entry.value));
      }
      return object;
    }
    case YamlValue::Kind::kNull:
      break;
  }
  return {};
}

}  // namespace smbatcher
