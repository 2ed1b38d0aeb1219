#include "libregistry/sync/sync_summary.h"

#include <algorithm>
#include <set>

#include "libregistry/core/base/text.h"

namespace smbatcher {
namespace {

constexpr std::size_t kMostLines = 20;

std::string short_id(const std::string& id) { return id.substr(0, 10); }

Json to_json(const std::vector<CommitLine>& commits) {
  JsonArray all;
  for (const CommitLine& commit : commits) {
    all.emplace_back(JsonObject{{"id", commit.id}, {"author", commit.author}, {"title", commit.title}});
  }
  return all;
}

void list(std::string& text, std::string_view what, const std::vector<std::string>& items) {
  if (!items.empty()) {
    text += std::string(what) + ": " + escape_control(join(items, ", ")) + "\n";
  }
}

void list(std::string& text, std::string_view what, const std::vector<CommitLine>& commits) {
  if (commits.empty()) {
    return;
  }
  std::set<std::string> authors;
  for (const CommitLine& commit : commits) {
    authors.insert(commit.author);
  }
  text += std::string(what) + " " + counted(commits.size(), "commit") + " of " +
          escape_control(join({authors.begin(), authors.end()}, ", ")) + "\n";
  for (std::size_t i = 0; i < std::min(commits.size(), kMostLines); ++i) {
    text += "  " + short_id(commits[i].id) + " " + escape_control(commits[i].title) + "\n";
  }
  if (commits.size() > kMostLines) {
    text += "  and " + std::to_string(commits.size() - kMostLines) + " more\n";
  }
}

}  // namespace

std::string SyncSummary::state() const {
  if (!pulled.empty() && !pushed.empty()) {
    return "both";
  }
  return !pulled.empty() ? "pulled" : !pushed.empty() ? "pushed" : "clean";
}

namespace {

Result<std::vector<CommitLine>> commits_of(const Git& git, const std::vector<std::string>& range) {
  std::vector<std::string> args{"log", "-z", "--reverse", "--format=%H%x1f%an%x1f%s"};
  args.insert(args.end(), range.begin(), range.end());
  args.emplace_back("--");
  SMB_TRY_ASSIGN(const std::string out, git.output_of(args));
  std::vector<CommitLine> commits;
  for (const std::string& line : split_zero(out)) {
    const std::size_t author = line.find('\x1f');
    const std::size_t title = author == std::string::npos ? author : line.find('\x1f', author + 1);
    if (title != std::string::npos) {
      commits.push_back({line.substr(0, author), line.substr(author + 1, title - author - 1), line.substr(title + 1)});
    }
  }
  return commits;
}

}  // namespace

Result<std::vector<CommitLine>> commits_between(const Git& git, const std::string& from, const std::string& to) {
  return commits_of(git, from.empty() ? std::vector<std::string>{to} : std::vector<std::string>{to, "^" + from});
}

Result<std::vector<CommitLine>> commits_missing_at(const Git& git, const std::string& remote, const std::string& theirs,
                                                   const std::string& head) {
  std::vector<std::string> range{head, "--not", "--remotes=" + remote};
  if (!theirs.empty()) {
    range.push_back(theirs);  // after --not
  }
  return commits_of(git, range);
}

Json to_json(const SyncSummary& summary) {
  JsonObject object{{"folder", summary.top},
                    {"branch", summary.branch},
                    {"state", summary.state()},
                    {"head", summary.head.empty() ? Json() : Json(summary.head)},
                    {"committed", summary.committed.empty() ? Json() : Json(summary.committed)},
                    {"session_logs", summary.customs.session_logs},
                    {"pulled", to_json(summary.pulled)},
                    {"pushed", to_json(summary.pushed)},
                    {"taken_back", to_json(summary.taken_back)},
                    {"waiting", to_json(summary.waiting)},
                    {"claimed_rows", to_json(summary.claimed_rows)},
                    {"wiki", summary.customs.wiki_json()},
                    {"notes", summary.customs.notes_json()},
                    {"kept", summary.kept},
                    {"submodules", summary.submodules},
                    {"submodules_behind", summary.behind},
                    {"left_out", summary.left_out}};
  if (!summary.planned.empty()) {
    object.emplace_back("planned", summary.planned);
  }
  if (!summary.remote_asked) {
    object.emplace_back("remote_asked", false);
  }
  return object;
}

std::string describe(const SyncSummary& summary) {
  std::string text;
  list(text, "pulled", summary.pulled);
  text += summary.customs.wiki_text();
  list(text, "pushed", summary.pushed);
  for (const ClaimedRow& row : summary.claimed_rows) {
    text += "changed from the remote under a live claim: " + row.describe() + "\n";
  }
  list(text, "would commit", summary.planned);
  list(text, "session logs committed as they are", summary.customs.session_logs);
  list(text, "saved here while it ran, kept as", summary.kept);
  list(text, "changes inside these submodules are not synced", summary.submodules);
  list(text, "these submodules are older here than what is recorded (git submodule update)", summary.behind);
  list(text, "outside of the sparse checkout, so not committed (git add --sparse)", summary.left_out);
  if (!summary.remote_asked) {
    text += "the remote was not asked: it is as of the last fetch\n";
  }
  list(text, "taken back at the remote, so dropped here:", summary.taken_back);
  list(text, "committed here, not at the remote yet:", summary.waiting);
  return text + escape_control(summary.branch) + " is at " +
         (summary.head.empty() ? "no commit" : short_id(summary.head)) + "\n";
}

}  // namespace smbatcher
