#include "libregistry/sites/designs/site_list.h"

#include "libregistry/core/base/text.h"

namespace smbatcher {
namespace {

constexpr std::size_t kFieldsOfASite = 4;
constexpr std::string_view kForm = "domain:Name:Description:Theme";

std::vector<std::string> split_fields(std::string_view text) {
  std::vector<std::string> fields(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (text[i] == '\\' && (next == ':' || next == '\\')) {
      fields.back() += next;
      ++i;
    } else if (text[i] == ':') {
      fields.emplace_back();
    } else {
      fields.back() += text[i];
    }
  }
  return fields;
}

tl::unexpected<Error> bad_text(std::string_view text, std::string_view problem) {
  return fail(usage_error("invalid_argument", "'" + escape_control(text) + "' " + std::string(problem)));
}

}  // namespace

Result<NewSite> parse_site_text(std::string_view text) {
  if (!is_valid_utf8(text)) {
    return bad_text(text, "is not UTF-8; write " + std::string(kForm) + " in UTF-8");
  }
  const std::vector<std::string> fields = split_fields(text);
  if (fields.size() != kFieldsOfASite) {
    return bad_text(text, "has " + counted(fields.size(), "field") + ", not 4; write " + std::string(kForm) +
                              ", with '\\:' for a colon inside a field");
  }
  NewSite site{to_lower(trim(fields[0])), std::string(trim(fields[1])), std::string(trim(fields[2])),
               std::string(trim(fields[3]))};
  if (!is_domain(site.domain)) {
    return fail(usage_error("invalid_domain", "'" + escape_control(site.domain) + "' in '" + escape_control(text) +
                                                  "' is not a host name such as bakery.example")
                    .with("domain", site.domain));
  }
  return site;
}

}  // namespace smbatcher
