#include "libregistry/core/findings/report.h"

#include "libregistry/core/base/text.h"
#include "libregistry/core/findings/formats.h"

namespace smbatcher {

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "error";
    case Severity::kWarning:
      return "warning";
    case Severity::kOff:
      break;
  }
  return "off";
}

std::string message_of(const Finding& finding) {
  return finding.follow_on == 0 ? finding.message
                                : finding.message + " (+" + std::to_string(finding.follow_on) + " follow-on)";
}

std::string describe(const Finding& finding) {
  std::string text = finding.file;
  if (finding.line > 0) {
    text += ":" + std::to_string(finding.line);
    if (finding.column > 0) {
      text += ":" + std::to_string(finding.column);
    }
  }
  text += " " + finding.rule + " " + message_of(finding);
  if (finding.severity == Severity::kWarning) {
    text += " (warning)";
  }
  return escape_control(text);
}

Json to_json(const Finding& finding) {
  JsonObject object{{"file", escape_control(finding.file)}};
  if (finding.line > 0) {
    object.emplace_back("line", static_cast<std::uint64_t>(finding.line));
  }
  if (finding.column > 0) {
    object.emplace_back("column", static_cast<std::uint64_t>(finding.column));
  }
  object.emplace_back("rule", finding.rule);
  object.emplace_back("severity", name_of(finding.severity));
  object.emplace_back("message", escape_control(finding.message));
  if (finding.follow_on > 0) {
    object.emplace_back("follow_on", static_cast<std::uint64_t>(finding.follow_on));
  }
  return object;
}

std::string render_findings(const std::vector<Finding>& findings, const std::vector<Rule>& rules, FindingFormat format,
                            std::string_view tool) {
  std::string text;
  JsonArray array;
  switch (format) {
    case FindingFormat::kText:
      for (const Finding& finding : findings) {
        text += describe(finding) + "\n";
      }
      return text;
    case FindingFormat::kJson:
      for (const Finding& finding : findings) {
        array.push_back(to_json(finding));
      }
      return Json(std::move(array)).dump() + "\n";
    case FindingFormat::kJunit:
      return render_junit(findings, tool);
    case FindingFormat::kSarif:
      return render_sarif(findings, rules, tool);
    case FindingFormat::kGithub:
      break;
  }
  return render_github(findings);
}

}  // namespace smbatcher
