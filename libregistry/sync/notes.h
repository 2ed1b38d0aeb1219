#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libregistry/base/result.h"
#include "libregistry/sync/git_command.h"

namespace smbatcher {

/// A note that somebody left for a person in a session log.
struct Note {
  std::string to;    // "mike", as the heading names them
  std::string from;  // who committed it
  std::string date;  // "2026-11-20"
  std::string file;
  std::string text;  // the block with its heading, without blank lines at its end
};

/// The blocks of `after` that `before` has not: from "## Note for X" or "## Message for X" up to the next "## ".
std::vector<Note> added_notes(std::string_view before, std::string_view after);

/// The notes that the commits between bring, in the order of their files.
Result<std::vector<Note>> incoming_notes(const Git& git, const std::string& from, const std::string& to);

/// As people read it: framed, control characters escaped.
std::string framed(const Note& note);

}  // namespace smbatcher
