#pragma once

#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "libregistry/core/findings/finding.h"
#include "libregistry/sites/html/check_html.h"

namespace smbatcher::test {

/// "8:4 html-unclosed" of each finding that is not off, with " +2" for what follows from it.
inline std::vector<std::string> places_in(const std::string& html, const RuleLevels& levels = {}) {
  std::vector<std::string> places;
  for (const Finding& finding : with_levels(check_page(html, "a.html").findings, levels)) {
    places.push_back(std::to_string(finding.line) + ":" + std::to_string(finding.column) + " " + finding.rule +
                     (finding.follow_on == 0 ? "" : " +" + std::to_string(finding.follow_on)));
  }
  return places;
}

inline std::set<std::string> rules_in(const std::string& html, const RuleLevels& levels = {}) {
  std::set<std::string> rules;
  for (const Finding& finding : with_levels(check_page(html, "a.html").findings, levels)) {
    rules.insert(finding.rule);
  }
  return rules;
}

/// A page whose body begins on line 2, and is right but for what `body` has.
inline std::string page_with(const std::string& body) {
  return "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>x</title></head><body>\n" + body +
         "\n</body></html>\n";
}

inline std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace smbatcher::test
