#include "libregistry/audit/report.h"

#include <algorithm>
#include <array>
#include <ctime>

#include "libregistry/core/base/text.h"
#include "libregistry/core/fs/snapshot.h"

namespace smbatcher {
namespace {

constexpr auto kHeadings = std::to_array<std::string_view>(
    {"EXECUTIVE SUMMARY", "REPOSITORY METRICS VALIDATION", "FILE INVENTORY", "SENSITIVE DATA SCAN",
     "AUTOMATION DETECTION", "GIT ANALYSIS", "GITHUB PUBLICATION READINESS", "RECOMMENDATIONS"});
constexpr std::size_t kShortest = 5000;  // characters
constexpr std::size_t kLargestReport = std::size_t{64} << 20U;
constexpr int kMostDays = 400;
constexpr std::time_t kDay{86'400};  // seconds

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

std::string day_of(const std::tm& time) {
  std::array<char, 16> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d", &time)};
}

std::string local_day(std::time_t at) {
  std::tm time{};
  localtime_r(&at, &time);
  return day_of(time);
}

std::string utc_day(std::time_t at) {
  std::tm time{};
  gmtime_r(&at, &time);
  return day_of(time);
}

std::time_t seconds_of(WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

void warn_of_marks(std::string_view text, std::vector<std::string>& warnings) {
  for (const std::string_view mark : {"TODO", "FIXME", "[PLACEHOLDER]", "TBD"}) {
    if (has(text, mark)) {
      warnings.push_back("it still contains " + std::string(mark));
    }
  }
}

void warn_of_evidence(std::string_view text, std::vector<std::string>& warnings) {
  const std::string lower = to_lower(text);
  const auto lacks = [&](bool found, const char* what) {
    if (!found) {
      warnings.push_back(std::string("it says nothing about ") + what);
    }
  };
  lacks(has(text, "LOC") || has(text, "lines of code") || has(text, "line count"), "lines of code");
  lacks(has(lower, "files"), "files");
  lacks(has(lower, "commit"), "commits");
  lacks(has(lower, "automation"), "automation");
}

}  // namespace

ReportFindings check_report(std::string_view text) {
  ReportFindings findings;
  for (const std::string_view heading : kHeadings) {
    if (!has(text, heading)) {
      findings.missing.emplace_back(heading);
    }
  }
  if (const std::size_t length = count_code_points(text); length < kShortest) {
    findings.warnings.push_back("it is short: " + counted(length, "character") + ", fewer than " +
                                std::to_string(kShortest));
  }
  warn_of_marks(text, findings.warnings);
  warn_of_evidence(text, findings.warnings);
  return findings;
}

ReportDays ReportDays::since(const std::string& started, WallTime now) {
  const std::time_t end = seconds_of(now);
  const auto begin = parse_time(started);
  const std::time_t first = begin ? std::min(seconds_of(*begin), end) : end;
  std::vector<std::string> days;
  // Both ends count, whatever the hour: a step of a day from the end may jump over the day of the beginning.
  for (std::time_t at = end; at > first && std::cmp_less(days.size(), 2 * kMostDays); at -= kDay) {
    days.insert(days.end(), {local_day(at), utc_day(at)});
  }
  days.insert(days.end(), {local_day(first), utc_day(first)});
  std::sort(days.begin(), days.end(), std::greater<>());
  days.erase(std::unique(days.begin(), days.end()), days.end());
  return {std::move(days)};
}

bool is_day(std::string_view text) {
  return text.size() == 10 && text[4] == '-' && text[7] == '-' && parse_time(std::string(text) + "T00:00:00Z");
}

Result<ReportFindings> find_report(FileOps& ops, const std::vector<std::string>& folders, const std::string& repo,
                                   const ReportDays& days) {
  const auto path_of = [&repo](const std::string& folder, const std::string& day) {
    return folder + "/" + repo + "_COMPLETE_AUDIT_" + day + ".txt";
  };
  for (const std::string& day : days.days) {
    for (const std::string& folder : folders) {
      const std::string path = path_of(folder, day);
      const auto text = read_file(ops, path, kLargestReport);
      if (!text && text.error().code == Errc::kNotFound) {
        continue;
      }
      if (!text) {
        return fail(text.error());
      }
      if (!is_valid_utf8(*text)) {
        return fail(refused("report_unreadable", repo, "the report '" + path + "' is not UTF-8").with("report", path));
      }
      ReportFindings findings = check_report(*text);
      findings.path = path;
      return findings;
    }
  }
  const std::string newest = path_of(folders.front(), days.days.front());
  return fail(refused("report_not_found", repo, "Report file not found: " + newest).with("report", newest));
}

std::vector<std::string> report_folders(FileOps& ops, const AuditPlace& place, const AuditSurroundings& surroundings) {
  std::vector<std::string> folders{place.folder};
  for (const std::string& folder : surroundings.folders()) {
    struct stat status {};
    if (ops.stat(folder, &status) == 0 && S_ISDIR(status.st_mode)) {
      folders.push_back(folder);
      break;
    }
  }
  return folders;
}

}  // namespace smbatcher
