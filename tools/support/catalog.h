#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace smbatcher {

enum class Area { kShared, kPrepare, kDesign, kImplement, kCheck, kCoordination, kAudit, kSync };

/// A group of tools in `smbatcher help`; `smbatcher help NAME` lists it alone.
struct AreaEntry {
  Area area;
  std::string_view name;
  std::string_view heading;
};

inline constexpr auto kAreas = std::to_array<AreaEntry>({
    {Area::kShared, "shared", "Every phase"},
    {Area::kPrepare, "prepare", "Prepare"},
    {Area::kDesign, "design", "Design"},
    {Area::kImplement, "implement", "Implement"},
    {Area::kCheck, "check", "Check"},
    {Area::kCoordination, "coordination", "Several agents in one code base"},
    {Area::kAudit, "audit", "Repository audits"},
    {Area::kSync, "git", "Git"},
});

struct CatalogEntry {
  std::string_view name;
  Area area;
  std::string_view summary;  // one line, without a full stop
  bool repair = false;       // for when something went wrong; `smbatcher help` shows these apart
};

/// Every tool there is, in the order in which it is listed: the one place for names, areas and summaries.
inline constexpr auto kCatalog = std::to_array<CatalogEntry>({
    {"find-next", Area::kShared, "show the next work, and with --claim claim it"},
    {"check-claim", Area::kShared, "ask whether a claim still holds, before work and before a push"},
    {"heartbeat", Area::kShared, "renew the lease of a claim"},
    {"with-lease", Area::kShared, "run a command and renew the lease while it runs"},
    {"release", Area::kShared, "give claimed work back"},
    {"history", Area::kShared, "list who changed what, and when"},
    {"check-registry", Area::kShared, "list every damaged row with its file and line"},
    {"metrics-batch-counts", Area::kShared, "count each batch's sites by status"},
    {"metrics-completion-rate", Area::kShared, "print the share of sites at or past a status"},
    {"metrics", Area::kShared, "hold counts, completion and collisions against the config's thresholds"},
    {"metrics-collision-rate", Area::kShared, "print the share of sites that are too much like another"},
    {"similarity", Area::kShared, "list designs or sites that are alike, with a score and why"},
    {"dry-run", Area::kShared, "say what the next claim of each phase would do"},
    {"ci-dry-run-batch-id", Area::kShared, "choose the batch that a CI dry run is about"},
    {"ci-dry-run-limit-sites", Area::kShared, "cut the list of sites of a CI dry run"},
    {"reap", Area::kShared, "return work whose lease has ended to ready", true},
    {"bury", Area::kShared, "hold a site or a batch back from being given out", true},
    {"kick", Area::kShared, "take up again what is buried", true},
    {"reopen", Area::kShared, "send finished work that was not good enough a step back", true},
    {"prepare-info", Area::kPrepare, "say what is there and what is missing, with the next step"},
    {"prepare-register", Area::kPrepare, "add sites to the registry, and create it if there is none"},
    {"prepare-batch", Area::kPrepare, "group registered sites into batches"},
    {"design-run", Area::kDesign, "claim a batch to design and prepare its sites; with --exec, work on it"},
    {"design-register", Area::kDesign, "add sites from explicit entries"},
    {"design-batch", Area::kDesign, "group explicit entries into a batch"},
    {"design-start", Area::kDesign, "mark sites' designs as in progress"},
    {"design-complete", Area::kDesign, "check sites' designs and mark them as complete"},
    {"check-design", Area::kDesign, "check designs: headings, front matter, palette, fonts, contrast"},
    {"verify-post-design", Area::kDesign, "check all designs of a batch and mark those that pass as complete"},
    {"check-dirs", Area::kDesign, "check that every site of a batch has its folder and design"},
    {"read-design", Area::kDesign, "print a design, a section of it or its front matter"},
    {"write-design", Area::kDesign, "stamp a design's front matter without touching its body"},
    {"analyze-seeds", Area::kDesign, "note in the batch files which design seeds are alike"},
    {"frequency", Area::kDesign, "tell how often fonts, colours, layouts and themes are used"},
    {"list-designed", Area::kDesign, "list the sites whose design is finished"},
    {"implement-run", Area::kImplement, "claim a batch to implement and prepare its sites; with --exec, work on it"},
    {"lock", Area::kImplement, "close a batch's designs and make it ready to implement"},
    {"status", Area::kImplement, "show a batch: its sites, statuses, owner and lease"},
    {"generate", Area::kImplement, "write a site's brief and skeleton from its design"},
    {"implement-start", Area::kImplement, "claim a batch for implementation"},
    {"implement-complete", Area::kImplement, "check sites' files and mark them as implemented"},
    {"implement-finish", Area::kImplement, "mark implemented sites as done"},
    {"check-outputs", Area::kImplement, "check that sites have the files that they must have"},
    {"check-html", Area::kCheck, "validate HTML: file, line, column and rule of each finding"},
    {"check-js", Area::kCheck, "check the syntax of scripts, modules and inline scripts"},
    {"check-compliance", Area::kCheck, "hold a built site against its design"},
    {"verify-site", Area::kCheck, "all checks of a site, its links and its images"},
    {"status-report", Area::kCheck, "report the whole registry: progress, holders, throughput"},
    {"file-stats", Area::kCheck, "tell the sizes, lines and kinds of a site's files"},
    {"tree-view", Area::kCheck, "show a site's files as a tree"},
    {"serve", Area::kCheck, "preview a site, or all sites, in a browser"},
    {"coord-status", Area::kCoordination, "show the agent instances, their locks and who waits"},
    {"coord-lock", Area::kCoordination, "lock files against other agent instances, and release them"},
    {"coord-instance", Area::kCoordination, "register an agent instance, keep it alive, end it"},
    {"coord-decisions", Area::kCoordination, "log the decisions that agents share, and look them up"},
    {"coord-hook", Area::kCoordination, "answer an agent's hooks, and install them in a project"},
    {"audit-handoff", Area::kAudit, "set up a queue of repository audits"},
    {"audit-sync", Area::kAudit, "lock, unlock, renew and complete repository audits"},
    {"verify-audit", Area::kAudit, "check that the report of an audit is complete"},
    {"audit-status", Area::kAudit, "show who audits what, and what is left"},
    {"repo-sync", Area::kSync, "bring a repository in line with its remote: commit, fetch, rebase, push"},
    {"registry-merge", Area::kSync, "merge two changes of one registry, row by row: git's merge driver"},
});

constexpr std::optional<CatalogEntry> find_in_catalog(std::string_view name) {
  for (const CatalogEntry& entry : kCatalog) {
    if (entry.name == name) {
      return entry;
    }
  }
  return std::nullopt;
}

}  // namespace smbatcher
