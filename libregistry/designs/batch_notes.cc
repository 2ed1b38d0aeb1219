#include "libregistry/designs/batch_notes.h"

#include <utility>

#include "libregistry/base/text.h"
#include "libregistry/designs/batch_file.h"
#include "libregistry/designs/sections.h"
#include "libregistry/document/collapse.h"
#include "libregistry/document/guards.h"
#include "libregistry/fs/snapshot.h"

namespace smbatcher {
namespace {

constexpr std::size_t kMaxSize = std::size_t{8} << 20U;

SiteNotes notes_of(const DocumentSection& section, const std::string& domain) {
  SiteNotes notes;
  notes.site.domain = domain;
  notes.text = section.text;
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
  const auto bytes = read_file(ops, path, kMaxSize);
  if (!bytes) {
    return bytes.error().reason == "not_found" ? Result<std::optional<SiteNotes>>(std::nullopt) : fail(bytes.error());
  }
  const Lines lines(*bytes, byte_order_mark_size(*bytes));
  const Collapsed collapsed(lines);
  SMB_TRY(check_source(lines, collapsed, path));
  for (const DocumentSection& section : find_sections(lines, find_front_matter(lines))) {
    if (section.level == 2 && to_lower(section.heading) == domain) {
      return notes_of(section, domain);
    }
  }
  return std::nullopt;
}

}  // namespace smbatcher
