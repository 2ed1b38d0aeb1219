#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libregistry/queue/registry/status.h"

namespace smbatcher {

/// A text in a registry's bytes: valid as long as the registry or a copy of it, and a string of its own wherever it is
/// kept.
class RegistryText : public std::string_view {
 public:
  using std::string_view::string_view;
  RegistryText(std::string_view text) : std::string_view(text) {}  // NOLINT(google-explicit-constructor)
  operator std::string() const { return {data(), size()}; }        // NOLINT(google-explicit-constructor)

  friend std::string operator+(std::string left, const RegistryText& right) { return std::move(left.append(right)); }
  friend std::string operator+(const RegistryText& left, std::string_view right) {
    return std::string(left).append(right);
  }
};

/// One row of a queue table.
struct Site {
  static constexpr double kNoPriority = std::numeric_limits<double>::infinity();

  RegistryText domain;            // lower case
  RegistryText batch;             // empty when the site is in no batch
  double priority = kNoPriority;  // lower first
  std::uint32_t line = 0;         // 1-based, in the file
  Status status = Status::kRegistered;
  bool damaged = false;  // listed in Registry::damages(); never changed, never given out
};

/// A batch: its id and the indices of its sites in Registry::sites(), in the order of the file.
struct Batch {
  RegistryText id;
  std::span<const std::uint32_t> sites;
};

/// The batches of a registry, ids in order.
class BatchTable {
 public:
  class Iterator {
   public:
    // NOLINTBEGIN(readability-identifier-naming): std::iterator_traits looks for these names
    using iterator_category = std::input_iterator_tag;
    using value_type = Batch;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = Batch;
    // NOLINTEND(readability-identifier-naming)

    Iterator(const BatchTable& table, std::size_t index) : table_(&table), index_(index) {}
    Batch operator*() const { return (*table_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    bool operator==(const Iterator&) const = default;

   private:
    const BatchTable* table_;
    std::size_t index_;
  };

  std::size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }
  Batch operator[](std::size_t index) const {
    const Entry& entry = entries_[index];
    return {entry.id, std::span(members_).subspan(entry.first, entry.count)};
  }
  Batch back() const { return (*this)[entries_.size() - 1]; }
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, entries_.size()}; }
  /// The index of the batch with exactly this id; size() when there is none.
  std::size_t index_of(std::string_view id) const;
  bool contains(std::string_view id) const { return index_of(id) < size(); }
  /// The sites of a batch; none when there is no such batch.
  std::span<const std::uint32_t> sites_of(std::string_view id) const;

 private:
  friend class BatchBuilder;

  struct Entry {
    std::string_view id;
    std::uint32_t first = 0;  // in members_
    std::uint32_t count = 0;
  };
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> members_;
};

/// Collects the batches of a registry while its rows are read.
class BatchBuilder {
 public:
  explicit BatchBuilder(std::size_t sites = 0) { of_site_.reserve(sites); }

  /// The site with the next index is in `id`; empty: in none.
  void add(std::string_view id);
  /// The same batch as the site before: neighbours in the file mostly are of one batch.
  void add_same();
  BatchTable finish();

 private:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  std::uint32_t number_of(std::string_view id);
  void grow();

  std::vector<BatchTable::Entry> entries_;  // in order of appearance
  std::vector<std::uint32_t> of_site_;      // entry, or kNone
  std::vector<std::uint32_t> slots_;        // by hash of the id: entry + 1, or 0
};

/// Finds sites by their domain.
class DomainIndex {
 public:
  explicit DomainIndex(std::size_t sites = 0);

  /// Adds sites[index], or answers the site that has its domain already.
  std::uint32_t add(const std::vector<Site>& sites, std::uint32_t index);
  /// nullopt-like: sites.size() when no site has the domain.
  std::size_t find(const std::vector<Site>& sites, std::string_view domain) const;

 private:
  /// Where the domain is, or would be.
  std::size_t slot_of(const std::vector<Site>& sites, std::string_view domain, std::uint64_t hash) const;

  // A slot holds a site's index + 1, and above it 8 bits of the domain's hash, so that another domain is told apart
  // without looking at it. A row has at least four bytes and a registry at most 64 MiB.
  static constexpr std::uint32_t kIndexBits = 0x00FFFFFF;
  static std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32U) & ~kIndexBits; }

  std::vector<std::uint32_t> slots_;  // a power of two of them, at most half full; 0: free
};

}  // namespace smbatcher
