#include "libregistry/sites/designs/design_document.h"
#include "libregistry/sites/designs/design_stamp.h"
#include "tests/fuzz/target.h"

// The front matter of design documents: read without a change, and stamped in one line.
namespace smbatcher::test {
namespace {

constexpr const char* kPath = "DESIGN.md";

std::string refuses_badly(const Error& error) {
  if (error.code != Errc::kMalformed) {
    return "parse_design: fails with something else than kMalformed";
  }
  return error.message.empty() && error.details.empty() ? "parse_design: a refusal without a reason" : "";
}

std::string reads_badly(const DesignDocument& document, std::string_view input) {
  if (document.bytes != input) {
    return "parse_design: the bytes are others";
  }
  for (const DocumentSection& section : document.sections) {
    const auto texts = document.section(section.heading);
    if (!section.heading.empty() && texts.empty()) {
      return "parse_design: a section that cannot be found by its heading";
    }
  }
  return "";
}

bool is_same_but_for_the_stamp(const DesignFields& a, const DesignFields& b) {
  return a.domain == b.domain && a.batch == b.batch && a.layout == b.layout && a.theme == b.theme &&
         a.palette.size() == b.palette.size() && a.fonts.size() == b.fonts.size();
}

std::string stamps_badly(const DesignDocument& document) {
  const DesignStamp stamp{"003", "2026-11-20T18:00:00Z", "xxh3:00112233445566778899aabbccddeeff"};
  const auto stamped = with_stamp(document, stamp);
  if (!stamped) {
    return stamped.error().code == Errc::kMalformed ? "" : "with_stamp: fails with something else than kMalformed";
  }
  const auto again = parse_design(*stamped, kPath);
  if (!again) {
    return "with_stamp: what it wrote cannot be read: " + again.error().message;
  }
  if (!again->fields.stamp || again->fields.stamp->batch != stamp.batch || again->fields.stamp->time != stamp.time ||
      again->fields.stamp->hash != stamp.hash) {
    return "with_stamp: the stamp reads otherwise";
  }
  if (again->body() != document.body() || !is_same_but_for_the_stamp(again->fields, document.fields)) {
    return "with_stamp: something else has changed";
  }
  // A lone CR is a line break to YAML and none to an editor: the stamp's line is not found again then, and refused.
  const auto twice = with_stamp(*again, stamp);
  return twice && *twice != *stamped ? "with_stamp: the same stamp again changes the text" : "";
}

}  // namespace

std::string broken_promise(std::string_view input) {
  const auto document = parse_design(std::string(input), kPath);
  if (!document) {
    return refuses_badly(document.error());
  }
  std::string broken = reads_badly(*document, input);
  return broken.empty() ? stamps_badly(*document) : broken;
}

}  // namespace smbatcher::test
