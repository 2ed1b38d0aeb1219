#include <gmock/gmock.h>

#include "tests/unit/sites/html/html_findings.h"

// Whole pages, each with the defect that its name says, and pages that are right.

namespace smbatcher::test {
namespace {

using Places = std::vector<std::string>;

struct Document {
  const char* name;
  Places places;
};

std::vector<Document> documents() {
  return {
      {"01-unclosed-b-and-section", {"9:6 html-unclosed +1", "10:1 html-unclosed"}},
      {"02-duplicate-id", {"9:8 html-duplicate-id"}},
      {"03-img-without-alt", {"8:4 html-img-alt"}},
      {"04-nested-form", {"9:1 html-nesting +1"}},
      {"05-crossing",
       {"8:10 html-unclosed", "9:5 html-nesting", "10:18 html-nesting +1", "11:5 html-children",
        "12:12 html-interactive"}},
      {"06-no-doctype", {"1:1 html-doctype"}},
      {"07-attributes",
       {"8:14 html-duplicate-attribute", "9:4 html-unknown-attribute", "10:14 html-attribute-value",
        "11:10 html-attribute-syntax", "12:12 html-aria-role"}},
      {"08-elements", {"8:1 html-unknown-element", "9:1 html-obsolete-element", "10:4 html-obsolete-element"}},
      {"09-no-title-no-lang-entities",
       {"2:1 html-lang", "3:1 html-title", "5:6 html-character-reference", "5:13 html-character-reference"}},
      {"10-stray-end-tags",
       {"8:1 html-stray-end-tag", "9:9 html-stray-end-tag", "10:1 html-self-closing", "11:1 html-stray-end-tag"}},
      {"11-eof-in-attribute", {"9:1 html-unexpected-eof"}},
      {"12-block-in-table", {"9:1 html-nesting +1", "10:5 html-nesting +1"}},
      {"13-references-and-bogus-comment",
       {"8:6 html-character-reference", "8:13 html-character-reference", "9:1 html-syntax"}},
      {"14-label-for-nothing", {"8:13 html-label"}},
      {"15-unclosed-article-and-div", {"9:1 html-unclosed", "10:1 html-unclosed"}},
      {"valid-modern", {}},
      {"valid-optional-tags", {}},
      {"valid-plain", {}},
  };
}

TEST(Documents, AreToldWhereTheirDefectBegan) {
  for (const Document& document : documents()) {
    const std::string path = SMB_SOURCE_DIR "/tests/unit/sites/html/documents/" + std::string(document.name) + ".html";
    const std::string html = bytes_of(path);
    ASSERT_FALSE(html.empty()) << path;
    EXPECT_EQ(places_in(html), document.places) << document.name;
  }
}

TEST(Documents, AreNoOthersWithWindowsLineEndsAndAByteOrderMark) {
  for (const Document& document : documents()) {
    std::string html = "\xEF\xBB\xBF";
    for (const char c :
         bytes_of(SMB_SOURCE_DIR "/tests/unit/sites/html/documents/" + std::string(document.name) + ".html")) {
      html += c == '\n' ? std::string("\r\n") : std::string(1, c);
    }
    Places places = places_in(html);
    for (std::string& place : places) {  // the mark is three bytes of the first line
      place = place == "1:4 html-doctype" ? "1:1 html-doctype" : place;
    }
    EXPECT_EQ(places, document.places) << document.name;
  }
}

}  // namespace
}  // namespace smbatcher::test
