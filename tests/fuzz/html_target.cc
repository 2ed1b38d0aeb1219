#include <algorithm>

#include "libregistry/core/base/text.h"
#include "libregistry/core/findings/report.h"
#include "libregistry/core/findings/rules.h"
#include "libregistry/sites/html/check_html.h"
#include "libregistry/sites/html/depth.h"
#include "libregistry/sites/whole/page_facts.h"
#include "tests/fuzz/target.h"

// Pages: the bound of their depth, their findings, and the formats in which these are told.
namespace smbatcher::test {
namespace {

std::size_t depth_of(const HtmlPage& page) {
  std::vector<std::size_t> depths;
  std::size_t deepest = 0;
  for (const HtmlElement& element : page.elements()) {
    depths.push_back(element.parent == HtmlElement::kNone ? 1 : depths[element.parent] + 1);
    deepest = std::max(deepest, depths.back());
  }
  return deepest;
}

/// The count must bound the tree, or a page could take the parser hours.
std::string bounds_badly(const std::string& input) {
  constexpr std::size_t kFactor = 6;
  constexpr std::size_t kSlack = 24;
  constexpr std::size_t kLongest = 4096;
  const std::string html = input.substr(0, kLongest);
  const std::size_t bound = measure_depth(html, kLongest).levels;
  const std::size_t depth = depth_of(HtmlPage(html));
  return depth > kFactor * bound + kSlack
             ? "measure_depth: " + std::to_string(bound) + " for a tree of " + std::to_string(depth) + " levels"
             : "";
}

std::string finds_badly(const std::string& input) {
  const CheckedPage checked = check_page(input, input.substr(0, 64));
  if (!checked.page && checked.findings.empty()) {
    return "check_page: a page that was not parsed, and no finding that says why";
  }
  const auto lines = static_cast<std::size_t>(
                         std::count_if(input.begin(), input.end(), [](char c) { return c == '\n' || c == '\r'; })) +
                     1;
  for (const Finding& finding : checked.findings) {
    if (find_rule(finding.rule) == nullptr || finding.message.empty() || finding.line > lines ||
        finding.column > input.size() + 1 || (checked.page && finding.line == 0)) {
      return "check_page: a finding without rule, message or place: " + describe(finding);
    }
  }
  if (checked.page) {
    for (const SiteReference& reference : facts_of(*checked.page, "a.html").references) {
      if (reference.line == 0 || reference.line > lines) {
        return "facts_of: an address without a place";
      }
    }
  }
  const std::vector<Rule> rules(kRules.begin(), kRules.end());
  const std::vector<Finding> told = with_levels(checked.findings, {});
  for (const FindingFormat format : {FindingFormat::kText, FindingFormat::kJson, FindingFormat::kJunit,
                                     FindingFormat::kSarif, FindingFormat::kGithub}) {
    const std::string text = render_findings(told, rules, format, "check-html");
    if (!is_valid_utf8(text) ||
        std::any_of(text.begin(), text.end(), [](char c) { return c != '\n' && c >= 0 && c < ' '; })) {
      return "render_findings: control characters, or no UTF-8";
    }
    if ((format == FindingFormat::kJson || format == FindingFormat::kSarif) &&
        !std::holds_alternative<Json>(parse_json(text))) {
      return "render_findings: no JSON";
    }
    const auto ends = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    if ((format == FindingFormat::kText || format == FindingFormat::kGithub) && ends != told.size()) {
      return "render_findings: not a line for each finding";
    }
  }
  return "";
}

}  // namespace

std::string broken_promise(std::string_view input) {
  const std::string bytes(input);
  std::string broken = bounds_badly(bytes);
  return broken.empty() ? finds_badly(bytes) : broken;
}

}  // namespace smbatcher::test
