#include <algorithm>
#include <array>

#include "libregistry/core/base/text.h"
#include "libregistry/queue/records/batch_file.h"
#include "libregistry/sites/designs/design_check.h"
#include "tests/fuzz/target.h"
#include "tests/support/temp_dir.h"

// Design documents behind their front matter, and the batch files that designers begin with.
namespace smbatcher::test {
namespace {

const std::vector<std::string> kHeadings{"Concept", "Palette", "a*b", " Layout "};

Result<DesignCheck> checked(const TempDir& dir, const std::string& text) {
  dir.write("DESIGN.md", text);
  return check_headings(system_file_ops(), dir.at("DESIGN.md"), kHeadings);
}

/// Nothing of the front matter is a heading, and nothing behind it is lost.
std::string cuts_badly(std::string_view input) {
  static const TempDir dir;
  const auto whole = checked(dir, std::string(input));
  if (!whole && whole.error().code != Errc::kMalformed) {
    return "check_headings: fails with something else than kMalformed";
  }
  if (whole && (!whole->present || whole->missing.size() > kHeadings.size())) {
    return "check_headings: a file that is there is absent";
  }
  // A byte order mark counts at the start only.
  const std::string text(input.substr(input.starts_with("\xEF\xBB\xBF") ? 3 : 0));
  const auto plain = checked(dir, "\n" + text);  // front matter begins on the first line or not at all
  const auto fronted = checked(dir, "---\ntitle: x\nmore: |\n  # Concept\n---\n" + text);
  if (plain.has_value() != fronted.has_value() || (plain && plain->missing != fronted->missing)) {
    return "check_headings: another answer with front matter than without";
  }
  const auto headed = checked(dir, "\n# concept\n\nx\n\n" + text);
  if (headed && std::find(headed->missing.begin(), headed->missing.end(), "Concept") != headed->missing.end()) {
    return "check_headings: a heading at the top is missed";
  }
  return "";
}

/// A site's texts stay in their lines, whatever they hold.
std::string renders_badly(std::string_view input) {
  PlannedBatch batch{"003", {}};
  for (const std::size_t part : {std::size_t{2}, std::size_t{3}}) {
    NewSite site;
    site.domain = "site" + std::to_string(part) + ".example";
    site.name = std::string(input.substr(0, input.size() / part));
    site.theme = std::string(input.substr(input.size() / part));
    site.description = std::string(input);
    batch.sites.push_back(std::move(site));
  }
  constexpr std::array<std::string_view, 7> kBegins{
      "", "## site", "", "Name:", "Theme:", "Description:", "Design seed: "};
  const std::string text = render_batch_file(batch, WallTime{});
  constexpr std::size_t kFrontMatter = 4;
  std::size_t number = 0;
  std::size_t at = 0;
  for (; at < text.size(); ++number) {
    const std::size_t end = text.find_first_of("\r\n\v\f", at);
    if (end == std::string::npos) {
      return "render_batch_file: the last line has no end";
    }
    const std::string_view line = std::string_view(text).substr(at, end - at);
    if (number >= kFrontMatter && !line.starts_with(kBegins[(number - kFrontMatter) % kBegins.size()])) {
      return "render_batch_file: a line of its own: " + std::string(line);
    }
    at = end + 1;
  }
  return number == kFrontMatter + kBegins.size() * batch.sites.size() ? ""
                                                                      : "render_batch_file: another number of lines";
}

}  // namespace

std::string broken_promise(std::string_view input) {
  std::string broken = cuts_badly(input);
  return broken.empty() ? renders_badly(input) : broken;
}

}  // namespace smbatcher::test
