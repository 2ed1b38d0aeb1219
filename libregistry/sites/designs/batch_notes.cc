#include "libregistry/sites/designs/batch_notes.h"

#include <algorithm>
#include <utility>

#include "libregistry/core/base/ids.h"
#include "libregistry/core/base/text.h"
#include "libregistry/core/fs/snapshot.h"
#include "libregistry/queue/document/collapse.h"
#include "libregistry/queue/document/guards.h"
#include "libregistry/queue/records/batch_file.h"
#include "libregistry/sites/designs/sections.h"

namespace smbatcher {
namespace {

SiteNotes notes_of(const DocumentSection& section, const std::string& domain) {
  SiteNotes notes;
  notes.site.domain = domain;
  notes.text = section.text;
  notes.range = section.range;
  const Lines lines(section.text);
  for (std::size_t number = 1; number <= lines.count(); ++number) {
    const std::string_view line = lines.text(number);
    for (const auto& [label, field] : {std::pair<std::string_view, std::string*>("Name:", &notes.site.name),
                                       {"Theme:", &notes.site.theme},
                                       {"Description:", &notes.site.description},
                                       {"Design seed:", &notes.design_seed}}) {
      if (line.starts_with(label) && field->empty()) {
        *field = trim(line.substr(label.size()));
      }
    }
  }
  return notes;
}

}  // namespace

Result<std::optional<SiteNotes>> read_site_notes(FileOps& ops, const std::string& path, const std::string& domain) {
  const auto bytes = read_file(ops, path, kLargestText);
  if (!bytes) {
    return bytes.error().reason == ErrorWord("not_found") ? Result<std::optional<SiteNotes>>(std::nullopt)
                                                          : fail(bytes.error());
  }
  SMB_TRY_ASSIGN(std::vector<SiteNotes> all, find_site_notes(*bytes, path));
  const auto found =
      std::find_if(all.begin(), all.end(), [&domain](const SiteNotes& notes) { return notes.site.domain == domain; });
  return found == all.end() ? std::nullopt : std::optional(std::move(*found));
}

Result<std::vector<SiteNotes>> find_site_notes(std::string_view bytes, const std::string& path) {
  const Lines lines(bytes, byte_order_mark_size(bytes));
  const Collapsed collapsed(lines);
  SMB_TRY(check_source(lines, collapsed, path));
  std::vector<SiteNotes> all;
  SMB_TRY_ASSIGN(const std::vector<DocumentSection> sections, find_sections(lines, find_front_matter(lines), path));
  for (const DocumentSection& section : sections) {
    if (const std::string domain = to_lower(section.heading); section.level == 2 && is_domain(domain)) {
      all.push_back(notes_of(section, domain));
    }
  }
  return all;
}

}  // namespace smbatcher
