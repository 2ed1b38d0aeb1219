#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libregistry/core/findings/finding.h"
#include "libregistry/sites/html/page.h"

namespace smbatcher {

/// Collects what the rules find in one page.
class PageFindings {
 public:
  /// `file` is what findings name it by. Both must outlive this.
  PageFindings(const HtmlPage& page, const std::string& file) : page_(&page), file_(&file) {}

  const HtmlPage& page() const { return *page_; }
  /// Answers the finding's index, for what follows from it.
  std::size_t add(std::string_view rule, std::size_t offset, std::string message);
  void add_follow_on(std::size_t index) { ++findings_[index].follow_on; }
  /// "8:23", as findings are written.
  std::string place(std::size_t offset) const;
  std::vector<Finding> take() { return std::move(findings_); }

 private:
  const HtmlPage* page_;
  const std::string* file_;
  std::vector<Finding> findings_;
};

// One function for each group of rules; docs/checks.md says what each finds.

/// What the parser complained about, told from where it began: an element that is not closed at its start tag, what
/// follows from it only counted.
void find_syntax(PageFindings& findings);
/// What may stand where: doctype, title, elements, children.
void find_structure(PageFindings& findings);
/// Names, values, texts that must be there.
void find_attributes(PageFindings& findings);
/// Attributes that must be there, and what a script may have.
void find_required(PageFindings& findings);
/// Dates and media types.
void find_values(PageFindings& findings);
/// Pictures to choose from: srcset, sizes, <picture>.
void find_sources(PageFindings& findings);
/// Addresses, as the URL standard wants them written.
void find_urls(PageFindings& findings);
/// Ids, and what names them.
void find_references(PageFindings& findings);
/// Off by default.
void find_style(PageFindings& findings);

/// What HTML takes for a blank.
inline constexpr std::string_view kHtmlBlanks = " \t\n\f\r";
/// A value of a page in a message: in quotes, cut where it is long.
std::string quoted(std::string_view text);
/// The words of an attribute that is a list.
std::vector<std::string_view> words_in(std::string_view value);

}  // namespace smbatcher
