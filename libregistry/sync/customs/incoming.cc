#include <algorithm>
#include <array>
#include <set>

#include "libregistry/core/base/text.h"
#include "libregistry/sync/customs/customs.h"

namespace smbatcher {
namespace {

constexpr std::array<std::string_view, 6> kCategories{"clients", "projects", "systems", "patterns", "meta", "other"};

std::string category_of(const std::string& path) {
  const std::size_t begin = path.find('/') + 1;
  const std::string name = path.substr(begin, path.find('/', begin) - begin);
  return std::find(kCategories.begin(), kCategories.end(), name) == kCategories.end() ||
                 path.find('/', begin) == std::string::npos
             ? "other"
             : name;
}

Result<std::vector<WikiPage>> wiki_between(const Git& git, const std::string& from, const std::string& to) {
  SMB_TRY_ASSIGN(const std::string out,
                 git.output_of({"diff-tree", "-r", "-z", "--no-renames", "--name-status", from, to, "--", "wiki/"}));
  const std::vector<std::string> parts = split_zero(out);
  std::vector<WikiPage> pages;
  for (std::size_t i = 0; i + 1 < parts.size(); i += 2) {
    pages.push_back({parts[i + 1], category_of(parts[i + 1]),
                     parts[i] == "A"   ? "added"
                     : parts[i] == "D" ? "deleted"
                                       : "modified"});
  }
  return pages;
}

/// Who a heading addresses; empty when it is not a note's.
std::string addressee(std::string_view line) {
  for (const std::string_view start : {"## Note for ", "## Message for "}) {
    if (line.starts_with(start)) {
      return std::string(trim(line.substr(start.size())));
    }
  }
  return {};
}

std::vector<Note> notes_in(std::string_view text) {
  std::vector<Note> notes;
  bool in_note = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    if (line.starts_with("## ")) {
      const std::string to = addressee(line);
      in_note = !to.empty();
      if (in_note) {
        notes.push_back({to, {}, {}, {}, {}});
      }
    }
    if (in_note) {
      notes.back().text += std::string(line) + "\n";
    }
  }
  for (Note& note : notes) {
    while (note.text.ends_with('\n')) {
      note.text.pop_back();
    }
  }
  return notes;
}

/// The notes of `after` that `before` has not.
std::vector<Note> added_notes(std::string_view before, std::string_view after) {
  std::set<std::string> old;
  for (const Note& note : notes_in(before)) {
    old.insert(note.text);
  }
  std::vector<Note> notes = notes_in(after);
  notes.erase(std::remove_if(notes.begin(), notes.end(), [&](const Note& note) { return old.contains(note.text); }),
              notes.end());
  return notes;
}

/// The notes that the commits between bring.
Result<std::vector<Note>> notes_between(const Git& git, const std::string& from, const std::string& to) {
  SMB_TRY_ASSIGN(const std::string out,
                 git.output_of({"diff-tree", "-r", "-z", "--no-renames", "--name-only", "--diff-filter=AM", from, to}));
  std::vector<Note> all;
  for (const std::string& path : split_zero(out)) {
    if (!path.ends_with(".md") || ("/" + path).find("/session-logs/") == std::string::npos) {
      continue;
    }
    SMB_TRY_ASSIGN(const std::string after, git.output_of({"cat-file", "blob", join({to, path}, ":")}));
    SMB_TRY_ASSIGN(const GitOutput before, git.run({"cat-file", "blob", join({from, path}, ":")}));
    std::vector<Note> notes = added_notes(before.ok() ? before.out : "", after);
    if (notes.empty()) {
      continue;
    }
    SMB_TRY_ASSIGN(const std::string author,
                   git.with_environment({"GIT_LITERAL_PATHSPECS=1"})
                       .line_of({"log", "-1", "--format=%as %an", join({from, to}, ".."), "--", path}));
    for (Note& note : notes) {
      note.date = author.substr(0, author.find(' '));
      note.from = author.find(' ') == std::string::npos ? "" : author.substr(author.find(' ') + 1);
      note.file = path;
      all.push_back(std::move(note));
    }
  }
  return all;
}

std::string framed(const Note& note) {
  const std::string rule(60, '=');
  std::string text =
      rule + "\nMESSAGE FROM " + escape_control(note.from) + " (" + escape_control(note.date) + ")\n" + rule + "\n";
  std::string_view left = note.text;
  while (!left.empty()) {
    const std::size_t end = std::min(left.find('\n'), left.size());
    text += escape_control(left.substr(0, end)) + "\n";
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  return text + rule + "\n";
}

}  // namespace

Result<void> add_incoming_customs(CustomsReport& report, const Git& git, const std::string& from,
                                  const std::string& to) {
  SMB_TRY_ASSIGN(report.wiki, wiki_between(git, from, to));
  SMB_TRY_ASSIGN(report.notes, notes_between(git, from, to));
  return {};
}

JsonArray CustomsReport::wiki_json() const {
  JsonArray all;
  for (const WikiPage& page : wiki) {
    all.emplace_back(JsonObject{{"path", page.path}, {"category", page.category}, {"change", page.change}});
  }
  return all;
}

JsonArray CustomsReport::notes_json() const {
  JsonArray all;
  for (const Note& note : notes) {
    all.emplace_back(JsonObject{
        {"to", note.to}, {"from", note.from}, {"date", note.date}, {"file", note.file}, {"text", note.text}});
  }
  return all;
}

std::string CustomsReport::wiki_text() const {
  std::string text = wiki.empty() ? "" : "wiki:\n";
  for (const std::string_view category : kCategories) {
    for (const WikiPage& page : wiki) {
      if (page.category == category) {
        text += "  " + std::string(category) + ": " + escape_control(page.path) + " " + page.change + "\n";
      }
    }
  }
  return text;
}

std::string CustomsReport::notes_text() const {
  std::string text;
  for (const Note& note : notes) {
    text += framed(note);
  }
  return text;
}

}  // namespace smbatcher
