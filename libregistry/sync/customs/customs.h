#pragma once

#include <string>
#include <vector>

#include "libregistry/core/base/json.h"
#include "libregistry/core/base/result.h"
#include "libregistry/core/fs/file_ops.h"
#include "libregistry/sync/git_command.h"
#include "libregistry/sync/repository.h"

namespace smbatcher {

// The customs of the people whose repositories are synced: session logs, notes for a person in them, a wiki, command
// files for their agent. What brings a repository in line with its remote needs none of this, and calls the three
// functions below at three moments. Source: docs/git-sync.md, "Notes for people".

/// A note that somebody left for a person in a session log.
struct Note {
  std::string to;    // "mike", as the heading names them
  std::string from;  // who committed it
  std::string date;  // "2026-11-20"
  std::string file;
  std::string text;  // the block with its heading, without blank lines at its end
};

/// A wiki page that came in: wiki/<category>/… .
struct WikiPage {
  std::string path;
  std::string category;  // clients, projects, systems, patterns, meta, other
  std::string change;    // added, modified, deleted
};

/// What a sync has to say about them.
struct CustomsReport {
  std::vector<std::string> session_logs;  // that were committed as they are
  std::vector<WikiPage> wiki;             // that came in
  std::vector<Note> notes;                // that came in

  JsonArray wiki_json() const;
  JsonArray notes_json() const;
  /// For people: the pages by category, several lines; "" where there are none.
  std::string wiki_text() const;
  /// The same of the notes: each framed, control characters escaped.
  std::string notes_text() const;
};

/// Before a commit of `changes`: the session logs (session-logs/*.md in any folder) that it would sweep up.
/// Errors: kRefused "unsaved_session_logs" where there are any, unless they may be committed `as_they_are`.
Result<std::vector<std::string>> session_logs_in(const std::vector<ChangedPath>& changes, bool as_they_are);

/// After an update between two commits: adds the wiki pages and the notes that came in, in the order of their files. A
/// note is a block from "## Note for X" or "## Message for X" up to the next "## " that the file had not before.
Result<void> add_incoming_customs(CustomsReport& report, const Git& git, const std::string& from,
                                  const std::string& to);

struct CopiedCommands {
  std::vector<std::string> copied;  // names
  std::vector<std::string> kept;    // the user has changed these since
};

/// After a sync: copies *.md of `from` (a repository's .claude/commands) to the user's folder `to`, which is made.
///
/// A copy that is what we once put there is replaced; any other is the user's and kept. What we put there stands in
/// `to`/.smbatcher-commands.json, by hash. Each file is replaced as a whole.
Result<CopiedCommands> copy_commands(FileOps& ops, const std::string& from, const std::string& to, bool dry_run);

}  // namespace smbatcher
