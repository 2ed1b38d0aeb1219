#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "libregistry/core/base/display_width.h"
#include "libregistry/core/base/text.h"
#include "libregistry/queue/ledger/batch_view.h"
#include "libregistry/sites/designs/outputs_check.h"
#include "tools/queue/folder_watch.h"
#include "tools/queue/open_queue.h"
#include "tools/support/run_tool.h"
#include "tools/support/standard_output.h"

namespace smbatcher {
namespace {

/// Colours by status, on a terminal that wants them (https://no-color.org).
bool wants_colour() {
  const char* no_colour = std::getenv("NO_COLOR");
  return ::isatty(STDOUT_FILENO) == 1 && (no_colour == nullptr || *no_colour == '\0');
}

std::string colour_of(Status status) {
  switch (status) {
    case Status::kDesigning:
    case Status::kImplementing:
      return "\033[33m";
    case Status::kImplemented:
    case Status::kFinished:
      return "\033[32m";
    default:
      return "\033[36m";
  }
}

/// A column-aligned table, one row of cells a line.
std::string layout(const std::vector<std::vector<std::string>>& rows, const std::vector<std::string>& colours) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(row[i]));
    }
  }
  std::string text;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::string line;
    for (std::size_t i = 0; i < rows[r].size(); ++i) {
      line += rows[r][i];
      if (i + 1 < rows[r].size()) {
        line.append(widths[i] - display_width(rows[r][i]) + 2, ' ');
      }
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += colours[r].empty() ? line : colours[r] + line + "\033[0m";
    text += '\n';
  }
  return text;
}

std::string describe_claim(const BatchView& view) {
  if (!view.claim) {
    return view.state == BatchState::kInProgress ? "in progress without a claim" : "held by nobody";
  }
  const Lease& lease = view.claim->lease;
  std::string text = "held by " + lease.owner +
                     (view.claimed_in.empty() ? "" : " with the claim on batch " + view.claimed_in) + ", token " +
                     std::to_string(lease.token);
  if (view.live) {
    text += ", " + describe_duration(view.left) + " left (until " + format_time(lease.expires.wall) + ")";
  } else {
    text += view.process_gone ? ", whose process is gone: free for the next claim"
                              : ", whose lease has ended: free for the next claim";
  }
  if (view.rows_show_ready) {
    text += "; rows of it show ready, but nobody else gets it";
  }
  return text;
}

/// The attempts of the batch itself; empty when there were none.
std::string describe_unbegun(const BatchView& view) {
  const Attempts& unbegun = view.unbegun;
  if (unbegun.count == 0) {
    return {};
  }
  const std::string why = unbegun.failure ? "; the latest: " + escape_control(unbegun.failure->why) : "";
  if (unbegun.buried) {
    return "given up: " + unbegun.buried->why + why + ". smbatcher kick --batch " + view.batch + " takes it up again";
  }
  return counted(static_cast<std::size_t>(unbegun.count), "claim") + " ended before the work on a site was begun" + why;
}

/// The rows of the claim that are not in the batch, a line for each kind.
std::vector<std::string> describe_absent(const std::vector<AbsentSite>& absent) {
  std::vector<std::string> gone;
  std::vector<std::string> moved;
  for (const AbsentSite& site : absent) {
    if (!site.batch) {
      gone.push_back(site.domain);
    } else {
      moved.push_back(site.domain + " is in " + (site.batch->empty() ? "no batch" : "batch " + *site.batch) + " now");
    }
  }
  std::vector<std::string> lines;
  if (!gone.empty()) {
    lines.push_back("rows not in the registry: " + join(gone, ", "));
  }
  if (!moved.empty()) {
    lines.push_back(join(moved, ", "));
  }
  return lines;
}

Json to_json(const std::vector<AbsentSite>& absent) {
  JsonArray json;
  for (const AbsentSite& site : absent) {
    json.emplace_back(site.batch ? JsonObject{{"domain", site.domain}, {"batch", *site.batch}}
                                 : JsonObject{{"domain", site.domain}});
  }
  return json;
}

Json to_json(const Failure& failure) { return JsonObject{{"why", failure.why}, {"at", format_time(failure.at)}}; }

struct SiteFiles {
  std::vector<std::string> present;
  std::vector<std::string> missing;
};

struct StatusTool {
  static constexpr std::string_view kSummary = "show a batch: its sites, statuses, owner and lease";
  static constexpr Effect kEffect = Effect::kReads;
  std::optional<std::string> batch;
  std::optional<std::string> positional;
  std::optional<std::string> root;
  bool watch = false;

  void declare(OptionSet& options) {
    options.positional("BATCH", positional, "the batch; the active or latest one when none is named")
        .must_be(is_batch_id, "a batch id")
        .excludes("--batch");
    options.text("--batch ID", batch, "the same").must_be(is_batch_id, "a batch id");
    options.text("--root DIR", root, "the folder that the sites' folder is in, where it is not the work tree");
    options.flag("--watch", watch, "show it again at every change, until interrupted");
    options.example("smbatcher status", "the batch in progress, or the latest one");
    options.example("smbatcher status 003 --format json", "one batch for a program");
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context, {{}, root, false}));
    if (!watch) {
      return show(queue);
    }
    const FolderWatch changes(queue.paths);
    while (true) {
      changes.drain();
      const Result<Outcome> shown = show(queue);
      const Outcome outcome = shown ? *shown : Outcome::of(shown.error());
      const std::string clear = ::isatty(STDOUT_FILENO) == 1 ? "\033[H\033[2J" : "";
      if (!write_standard_output(clear + outcome.render(context.common.format))) {
        return outcome;  // nobody reads any more; the same failure ends the call
      }
      changes.sleep(std::chrono::seconds(10));  // what is left of a lease changes without a file
    }
  }

 private:
  Result<Outcome> show(const QueueContext& queue) const {
    SMB_TRY_ASSIGN(const std::optional<BatchView> view, view_batch(queue, positional ? positional : batch));
    if (!view) {
      return Outcome::ok("no_active_batch").add("registry", queue.paths.registry);
    }
    Outcome outcome = Outcome::ok("status", view->batch);
    outcome.add("batch", view->batch).add("phase", rule_of(view->phase).name).add("state", name_of(view->state));
    if (view->status) {
      outcome.add("status", std::string(1, letter(*view->status)));
    }
    add_claim(outcome, *view);
    std::vector<std::vector<std::string>> rows{{"domain", "status", "attempts", "files", ""}};
    std::vector<std::string> colours{""};
    const bool colour = wants_colour();
    JsonArray sites;
    for (const SiteView& site : view->sites) {
      const SiteFiles files = files_of(queue, site);
      sites.push_back(site_json(site, files));
      rows.push_back(site_row(site, files));
      colours.push_back(colour ? colour_of(site.status) : "");
    }
    outcome.add("sites", std::move(sites));
    add_unbegun(outcome, view->unbegun);
    outcome.add("registry", queue.paths.registry);
    outcome.line("phase " + std::string(rule_of(view->phase).name) + ", " + describe_claim(*view));
    if (std::string line = describe_unbegun(*view); !line.empty()) {
      outcome.line(std::move(line));
    }
    for (std::string& line : describe_absent(view->absent)) {
      outcome.line(std::move(line));
    }
    outcome.block(layout(rows, colours));
    outcome.warn(view->warnings);
    return outcome;
  }

  static void add_claim(Outcome& outcome, const BatchView& view) {
    if (!view.claim) {
      outcome.add("claim", Json());
      return;
    }
    const Lease& lease = view.claim->lease;
    JsonObject claim{{"owner", lease.owner},
                     {"token", lease.token},
                     {"live", view.live},
                     {"seconds_left", view.live ? view.left.count() : 0},
                     {"expires_at", format_time(lease.expires.wall)},
                     {"renewed_at", format_time(lease.renewed)},
                     {"sites", view.claim->domains},
                     {"rows_show_ready", view.rows_show_ready},
                     {"absent", to_json(view.absent)}};
    if (!view.claimed_in.empty()) {
      claim.emplace_back("batch", view.claimed_in);
    }
    outcome.add("claim", std::move(claim));
  }

  /// Absent where every claim of the batch began something.
  static void add_unbegun(Outcome& outcome, const Attempts& unbegun) {
    if (unbegun.count == 0) {
      return;
    }
    JsonObject json{{"attempts", unbegun.count}};
    if (unbegun.failure) {
      json.emplace_back("failure", to_json(*unbegun.failure));
    }
    if (unbegun.buried) {
      json.emplace_back("given_up_at", format_time(unbegun.buried->at));
    }
    outcome.add("unbegun", std::move(json));
  }

  static SiteFiles files_of(const QueueContext& queue, const SiteView& site) {
    std::vector<std::string> wanted = queue.config.outputs_required_files;
    wanted.insert(wanted.begin(), queue.config.design_file);
    SiteFiles files;
    const auto missing =
        site_folder(queue.paths, queue.config, site.domain).and_then([&wanted](const std::string& folder) {
          return missing_outputs(folder, wanted);
        });
    for (const std::string& name : wanted) {
      const bool is_missing = !missing || std::find(missing->begin(), missing->end(), name) != missing->end();
      (is_missing ? files.missing : files.present).push_back(name);
    }
    return files;
  }

  static Json site_json(const SiteView& view, const SiteFiles& files) {
    JsonObject json{{"domain", view.domain},
                    {"name", view.name},
                    {"status", std::string(1, letter(view.status))},
                    {"attempts", view.attempts},
                    {"line", static_cast<std::uint64_t>(view.line)},
                    {"files", files.present},
                    {"missing", files.missing}};
    if (view.buried) {
      json.emplace_back(
          "buried",
          JsonObject{{"why", view.buried->why}, {"by", view.buried->by}, {"at", format_time(view.buried->at)}});
    }
    if (view.failure) {
      json.emplace_back("failure", to_json(*view.failure));
    }
    if (view.delayed_for.count() > 0) {
      json.emplace_back("delayed_s", view.delayed_for.count());
    }
    if (view.damaged) {
      json.emplace_back("damaged", true);
    }
    return json;
  }

  static std::vector<std::string> site_row(const SiteView& view, const SiteFiles& files) {
    std::string note;
    if (view.damaged) {
      note = "damaged row, line " + std::to_string(view.line);
    } else if (view.buried) {
      note = "buried by " + view.buried->by + ": " + view.buried->why;
    } else if (view.delayed_for.count() > 0) {
      note = "delayed for " + describe_duration(view.delayed_for);
    }
    if (view.failure && !view.damaged) {
      note += (note.empty() ? "" : "; ") + ("failed: " + view.failure->why);
    }
    return {escape_control(view.domain), view.damaged ? "?" : std::string(1, letter(view.status)),
            std::to_string(view.attempts), files.present.empty() ? "-" : join(files.present, " "),
            escape_control(note)};
  }
};

}  // namespace

int status_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<StatusTool>(self, argc, argv);
}

}  // namespace smbatcher
