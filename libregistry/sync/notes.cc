#include "libregistry/sync/notes.h"

#include <algorithm>
#include <array>
#include <set>

#include "libregistry/base/text.h"

namespace smbatcher {
namespace {

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

}  // namespace

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

Result<std::vector<Note>> incoming_notes(const Git& git, const std::string& from, const std::string& to) {
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

}  // namespace smbatcher
