#include "libregistry/core/base/text.h"
#include "libregistry/core/findings/formats.h"

namespace smbatcher {
namespace {

/// The characters that end a value of a workflow command, as GitHub's own toolkit writes them.
std::string escaped(std::string_view text, std::string_view more) {
  std::string out;
  for (const char c : escape_control(text)) {
    switch (c) {
      case '%':
        out += "%25";
        break;
      case ':':
        out += more.find(c) != std::string_view::npos ? "%3A" : ":";
        break;
      case ',':
        out += more.find(c) != std::string_view::npos ? "%2C" : ",";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string property(std::string_view text) { return escaped(text, ":,"); }

}  // namespace

std::string render_github(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text += finding.severity == Severity::kWarning ? "::warning " : "::error ";
    text += "file=" + property(finding.file);
    if (finding.line > 0) {
      text += ",line=" + std::to_string(finding.line);
    }
    if (finding.column > 0) {
      text += ",col=" + std::to_string(finding.column);
    }
    text += ",title=" + property(finding.rule) + "::" + escaped(message_of(finding), "") + "\n";
  }
  return text;
}

}  // namespace smbatcher
