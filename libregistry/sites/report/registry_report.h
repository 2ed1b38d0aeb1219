#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "libregistry/queue/ledger/queue_context.h"
#include "libregistry/queue/registry/status.h"
#include "libregistry/sites/report/throughput.h"

namespace smbatcher {

/// A batch as a report shows it.
struct BatchReportRow {
  std::string batch;
  std::array<std::size_t, kStatusCount> by_status{};
  std::size_t damaged = 0;
  std::size_t sites() const;
};

/// Who holds what.
struct HolderRow {
  std::string owner;
  std::string batch;
  Phase phase = Phase::kDesign;
  Token token = 0;
  std::size_t sites = 0;  // of the claim that are not finished
  WallTime since{};
  bool live = true;
  std::chrono::seconds left{0};  // of a live lease; of one that has ended, how long ago, where that is known
};

struct BuriedRow {
  std::string domain;
  std::string batch;
  Phase phase = Phase::kDesign;
  std::string why;
  std::string by;
  WallTime at{};
};

/// A whole registry for people. Source: docs/reports.md.
struct RegistryReport {
  std::string registry;
  WallTime at{};
  std::array<std::size_t, kStatusCount> by_status{};
  std::size_t damaged = 0;
  std::vector<BatchReportRow> batches;
  std::vector<HolderRow> holders;  // live ones first, the one that ends first at the top
  std::vector<BuriedRow> buried;
  std::vector<BuriedRow> given_up;  // whole batches: without a domain
  Throughput throughput;
  std::vector<Warning> warnings;

  std::size_t total() const;  // damaged rows left out
  /// Sites at or past the phase's done letter.
  std::size_t done(Phase phase) const;
  /// When the phase will be done at the pace of the last day; nullopt when that cannot be told, or it is done.
  std::optional<WallTime> expected_end(Phase phase) const;
};

/// Reads registry, claims and history; takes no lock. Errors: those of read_view().
Result<RegistryReport> report_of(const QueueContext& queue);

}  // namespace smbatcher
