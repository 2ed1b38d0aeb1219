#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/audit/place.h"
#include "libregistry/core/base/clock.h"
#include "libregistry/core/base/result.h"

namespace smbatcher {

/// What is wrong with the text of an audit report. Source: docs/audit-queue.md, "Reports".
struct ReportFindings {
  std::string path;
  std::vector<std::string> missing;   // headings; a report that lacks one is not complete
  std::vector<std::string> warnings;  // for people

  bool complete() const { return missing.empty(); }
};

ReportFindings check_report(std::string_view text);

/// The days on which the report of an audit may have been written, the newest first.
struct ReportDays {
  std::vector<std::string> days;  // "2026-11-20"

  static ReportDays one(std::string day) { return {{std::move(day)}}; }
  /// From the day of `started` (RFC 3339) to today, in local time and in UTC; today when `started` cannot be read.
  static ReportDays since(const std::string& started, WallTime now);
};

/// True for "2026-11-20".
bool is_day(std::string_view text);

/// Reads REPO_COMPLETE_AUDIT_DAY.txt of the newest day that has one, in `folders` in their order. The name must be one
/// that is_repo_name() accepts.
/// Errors: kRefused "report_not_found"; kRefused "report_unreadable" when it is not UTF-8; kIo.
Result<ReportFindings> find_report(FileOps& ops, const std::vector<std::string>& folders, const std::string& repo,
                                   const ReportDays& days);

/// Where reports are looked for: beside the data, then in the first folder of the surroundings that there is, which is
/// where scripts look.
std::vector<std::string> report_folders(FileOps& ops, const AuditPlace& place, const AuditSurroundings& surroundings);

}  // namespace smbatcher
