#include <cstdint>

#include "libregistry/core/base/text.h"
#include "libregistry/core/findings/formats.h"
#include "libregistry/core/findings/report.h"

namespace smbatcher {
namespace {

/// Text for an attribute or an element. Control characters are written out by escape_control(); of what is left,
/// XML 1.0 has no U+FFFE and U+FFFF.
std::string xml(std::string_view text) {
  std::string out;
  const std::string plain = escape_control(text);
  for (std::size_t i = 0; i < plain.size(); ++i) {
    switch (plain[i]) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        if (plain.compare(i, 2, "\xEF\xBF") == 0 && i + 2 < plain.size() &&
            static_cast<unsigned char>(plain[i + 2]) >= 0xBE) {
          out += static_cast<unsigned char>(plain[i + 2]) == 0xBE ? "\\uFFFE" : "\\uFFFF";
          i += 2;
        } else {
          out += plain[i];
        }
    }
  }
  return out;
}

struct Case {
  std::string name;
  std::string failures;
  std::string warnings;
};

std::string render(const Case& test, std::string_view tool) {
  std::string text = R"(    <testcase classname=")" + xml(tool) + R"(" name=")" + xml(test.name) + "\"";
  if (test.failures.empty() && test.warnings.empty()) {
    return text + "/>\n";
  }
  text += ">\n" + test.failures;
  if (!test.warnings.empty()) {
    text += "      <system-out>" + test.warnings + "</system-out>\n";
  }
  return text + "    </testcase>\n";
}

}  // namespace

std::string render_junit(const std::vector<Finding>& findings, std::string_view tool) {
  std::vector<Case> cases;
  std::size_t failed = 0;
  for (const Finding& finding : findings) {
    if (cases.empty() || cases.back().name != finding.file) {
      cases.push_back({finding.file, {}, {}});
    }
    Case& test = cases.back();
    if (finding.severity == Severity::kWarning) {
      test.warnings += xml(describe(finding)) + "\n";
      continue;
    }
    failed += test.failures.empty() ? 1 : 0;
    test.failures += R"(      <failure type=")" + xml(finding.rule) + R"(" message=")" + xml(message_of(finding)) +
                     "\">" + xml(describe(finding)) + "</failure>\n";
  }
  if (cases.empty()) {
    cases.push_back({"all files", {}, {}});
  }
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"" + xml(tool) +
                     "\" tests=\"" + std::to_string(cases.size()) + "\" failures=\"" + std::to_string(failed) +
                     "\" errors=\"0\">\n";
  for (const Case& test : cases) {
    text += render(test, tool);
  }
  return text + "  </testsuite>\n</testsuites>\n";
}

}  // namespace smbatcher
