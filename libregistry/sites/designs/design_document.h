#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/base/json.h"
#include "libregistry/core/base/result.h"
#include "libregistry/core/config/config.h"
#include "libregistry/core/config/locate.h"
#include "libregistry/core/config/yaml.h"
#include "libregistry/core/fs/file_ops.h"
#include "libregistry/sites/designs/front_matter.h"
#include "libregistry/sites/designs/sections.h"

namespace smbatcher {

/// Colours or font families under one name: a name of the palette and its colours, a use and its fonts.
struct NamedTexts {
  std::string name;  // empty where the document has a list without names
  std::vector<std::string> texts;
  std::size_t line = 0;
};

/// What write-design last put into the front matter.
struct DesignStamp {
  std::string batch;
  std::string time;  // UTC, RFC 3339
  std::string hash;  // content_hash() of the body
};

/// The front matter of a design document. Source: docs/site-files.md, "Front matter".
struct DesignFields {
  std::string domain;  // these are empty where the document does not say
  std::string batch;
  std::vector<NamedTexts> palette;
  std::vector<NamedTexts> fonts;
  std::string layout;
  std::string theme;
  std::optional<DesignStamp> stamp;
  YamlValue all;  // every key, also those that are the people's own; kNull without front matter
};

/// A design document, read and never changed.
struct DesignDocument {
  std::string path;
  std::string bytes;
  FrontMatterRange front;
  DesignFields fields;
  std::vector<DocumentSection> sections;

  std::string_view front_text() const { return part(front.yaml); }
  std::string_view body() const { return part(front.body); }
  /// The section of this heading, without regard to case, and those below it; none when there is no such heading.
  std::vector<DocumentSection> section(std::string_view heading) const;
  /// What stands in these sections, neighbours in the document, without the first heading and the blank lines around.
  std::string_view text_of(const std::vector<DocumentSection>& neighbours) const;

 private:
  std::string_view part(const ByteRange& range) const {
    return std::string_view(bytes).substr(range.begin, range.size());
  }
};

/// Reads the document at `path`. Links are followed.
///
/// Errors: kNotFound "design_not_found" with the path; kMalformed with "path:line" — "design_invalid" for front matter
/// that cannot be understood, saying what to write instead, and the guards of Document::parse; those of read_file(),
/// with a limit of 8 MiB.
Result<DesignDocument> read_design(FileOps& ops, const std::string& path);

/// The design document of a site, in the tree where the caller works. Errors also: kUsage "invalid_domain"; kIo
/// "not_a_regular_file" where a link leads out of the site's folder.
Result<DesignDocument> read_site_design(FileOps& ops, const RegistryPaths& paths, const Config& config,
                                        const std::string& domain);

/// The same for a text that was read already.
Result<DesignDocument> parse_design(std::string bytes, const std::string& path);

/// ERROR:design_not_found:<path>.
Error design_not_found(const std::string& path);

/// A YAML value as JSON: scalars are texts as they are written.
Json to_json(const YamlValue& value);

}  // namespace smbatcher
