#include <array>

#include "libregistry/core/base/ascii.h"
#include "libregistry/core/base/json.h"
#include "libregistry/core/base/text.h"
#include "libregistry/core/findings/formats.h"
#include "libregistry/core/findings/report.h"

namespace smbatcher {
namespace {

/// "note" is what SARIF has for what is off.
std::string_view level_of(Severity severity) { return severity == Severity::kOff ? "note" : name_of(severity); }

/// A path as a URI reference (RFC 3986): every other byte is written as %XX, so any path fits.
std::string uri_of(std::string_view path) {
  std::string uri = path.starts_with("/") ? "file://" : "";
  for (const char c : path) {
    if (is_letter_or_digit(c) || std::string_view("-._~/").find(c) != std::string_view::npos) {
      uri += c;
    } else {
      uri += '%';
      append_hex(uri, static_cast<unsigned char>(c), 2, kCapitalHexDigits);
    }
  }
  return uri;
}

Json result_of(const Finding& finding, const std::vector<Rule>& rules) {
  JsonObject place{{"artifactLocation", JsonObject{{"uri", uri_of(finding.file)}}}};
  if (finding.line > 0) {
    JsonObject region{{"startLine", static_cast<std::uint64_t>(finding.line)}};
    if (finding.characters > 0) {
      region.emplace_back("startColumn", static_cast<std::uint64_t>(finding.characters));
    }
    place.emplace_back("region", std::move(region));
  }
  JsonObject result{{"ruleId", finding.rule}};
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (rules[i].id == finding.rule) {
      result.emplace_back("ruleIndex", static_cast<std::uint64_t>(i));
    }
  }
  result.emplace_back("level", level_of(finding.severity));
  result.emplace_back("message", JsonObject{{"text", escape_control(message_of(finding))}});
  result.emplace_back("locations", JsonArray{JsonObject{{"physicalLocation", std::move(place)}}});
  return result;
}

Json rule_of(const Rule& rule) {
  return JsonObject{{"id", rule.id},
                    {"shortDescription", JsonObject{{"text", rule.summary}}},
                    {"defaultConfiguration",
                     JsonObject{{"enabled", rule.severity != Severity::kOff}, {"level", level_of(rule.severity)}}}};
}

}  // namespace

std::string render_sarif(const std::vector<Finding>& findings, const std::vector<Rule>& rules, std::string_view tool) {
  JsonArray descriptors;
  for (const Rule& rule : rules) {
    descriptors.push_back(rule_of(rule));
  }
  JsonArray results;
  for (const Finding& finding : findings) {
    results.push_back(result_of(finding, rules));
  }
  const JsonObject driver{{"name", "smbatcher " + std::string(tool)}, {"rules", std::move(descriptors)}};
  const JsonObject run{
      {"tool", JsonObject{{"driver", driver}}}, {"columnKind", "unicodeCodePoints"}, {"results", std::move(results)}};
  const JsonObject document{
      {"$schema", "https://json.schemastore.org/sarif-2.1.0.json"}, {"version", "2.1.0"}, {"runs", JsonArray{run}}};
  return Json(document).dump() + "\n";
}

}  // namespace smbatcher
