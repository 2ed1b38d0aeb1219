#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/base/text_hash.h"
#include "libregistry/queue/records/hash_index.h"
#include "libregistry/queue/records/history_file.h"
#include "libregistry/queue/records/record.h"

namespace smbatcher {

/// What the index is an index of: of which history, on which boot, and what is known beside the records.
struct IndexHead {
  HistoryMark history;
  std::string boot;
  ClaimsFacts facts;
};

/// True when one of the 8-byte `values` is `wanted`.
bool contains_value(std::string_view values, std::uint64_t wanted);

/// A record as the index shows it: enough to pass over work that is of no concern without reading its claim file.
/// Owners, domains and pid namespaces are there by their text_hash(): a match is looked at in the claim file.
struct IndexSlot {
  Phase phase = Phase::kDesign;
  std::string_view batch;
  std::uint64_t event = 0;
  Token token = 0;  // of the claim; 0 when there is none
  Token last_token = 0;
  Token changed_by = 0;          // the token of the last change
  std::string_view past_tokens;  // as they lie in the file
  std::string_view domains;      // hashes of the claim's
  std::uint64_t owner = 0;
  milliseconds expires{0};  // on the boot-time clock, or where the lease is of another boot, on the wall clock
  bool by_boot_clock = false;
  bool newer = false;   // its claim file has a newer format
  bool buried = false;  // a site of it is
  bool delayed = false;
  milliseconds delayed_until{0};  // the latest of its sites, on the boot-time clock
  std::uint32_t done = 0;         // how many sites completions have brought further
  bool bound = false;             // to a process of this boot
  pid_t pid = 0;
  std::uint64_t start_time = 0;
  std::uint64_t pid_namespace = 0;

  WorkKey key() const { return {phase, std::string(batch)}; }
  bool had_token(Token wanted) const;
  /// How many domains were given with the claim.
  std::size_t given() const { return domains.size() / sizeof(std::uint64_t); }
  /// How long the lease runs; negative when it is over. As Deadline::left.
  milliseconds left(const Instant& now, std::chrono::seconds skew) const;
  bool process_is_gone(const ProcessTable& processes) const;
};

/// `claims/.state`: one slot for each record, in one file that is read at once and changed in place.
///
/// A cache of history and claim files, in the byte order of the machine that wrote it; no other program reads it. It
/// is believed only while its head names the history as it is and the boot that runs. From the moment an event is
/// appended to the history it names an older one, so whatever a kill leaves half written is not looked at; the head is
/// brought up to date last. A renewal changes no history: it is written to its claim file first and then over its slot,
/// which may therefore show an *earlier* end than the claim file, and who finds a lease ended here looks there.
///
///   head   magic, format, byte order, checksum, size, counts, a digest of all slots, history, tokens; room to grow
///   slots  checksum, room, length, then what IndexSlot has, past tokens, hashes of the domains, and the batch id
///
/// A slot with the length 0 is dead. The digest is the sum of a hash of key and event over the slots in use, so that a
/// slot of an earlier event, which a failing disk may bring back, is never taken for its successor.
class ClaimIndex {
 public:
  /// How many bytes the index has that begins with `bytes`; 0 when none does.
  static std::size_t size_of(std::string_view bytes);
  /// nullopt when `bytes` hold no whole index of this format.
  static std::optional<ClaimIndex> parse(std::string bytes);
  /// `newer`: the keys whose claim files have a newer format; there is no record for them.
  static ClaimIndex build(IndexHead head, const std::map<WorkKey, WorkRecord>& records, const std::set<WorkKey>& newer);

  const IndexHead& head() const { return head_; }
  const std::string& bytes() const { return bytes_; }
  std::size_t size() const { return offsets_.size(); }
  /// The keys whose claim files had a newer format.
  const std::vector<WorkKey>& newer() const { return newer_; }

  std::optional<IndexSlot> find(Phase phase, std::string_view batch) const;
  /// Calls `visit(const IndexSlot&)` for each, in no order.
  template <class Visit>
  void each(Visit visit) const {
    for (const std::uint64_t offset : offsets_) {
      visit(slot_at(offset));
    }
  }
  /// Calls `visit(const IndexSlot&)` for each whose claim's owner has this hash, in no order.
  template <class Visit>
  void each_owned(std::uint64_t owner, Visit visit) const {
    for (const std::uint64_t offset : offsets_) {
      if (owner_at(offset) == owner) {
        visit(slot_at(offset));
      }
    }
  }
  /// The token of the claim, without a look at the rest; 0 where there is none.
  Token token_of(Phase phase, std::string_view batch) const;
  /// Those whose claim was given a domain with this hash, perhaps one of them twice, until `visit` answers true; true
  /// when it did.
  template <class Visit>
  bool any_given(std::uint64_t domain, Visit visit) const {
    return given().any(domain, [&](std::uint32_t number) {
      return contains_value(domains_at(offsets_[number]), domain) && visit(slot_at(offsets_[number]));
    });
  }

  /// A renewal: over its slot, and nothing else changes. False when the slot is not there or is too small.
  bool renew(const WorkKey& key, const WorkRecord& record);
  /// A changed record. Where its slot is too small it gets a new one, and the old one is dead.
  void put(const WorkKey& key, const WorkRecord& record);
  /// To be called after put(). False when the head has no room for it: then only compact() helps.
  bool set_head(IndexHead head);
  /// True when less than half of the file is in use.
  bool is_wasteful() const;
  /// Without dead slots, and with room in the head for what it is to say.
  void compact();

  /// A part of bytes() that has changed since it was read.
  struct Patch {
    std::size_t offset = 0;
    std::size_t length = 0;
  };
  /// What is to be written, in this order: the head comes last, and with a small file everything is one patch.
  std::vector<Patch> take_patches();

 private:
  ClaimIndex() = default;
  bool read_head();
  bool read_slots();
  IndexSlot slot_at(std::uint64_t offset) const;
  // What is asked of every slot is read alone.
  std::uint64_t owner_at(std::uint64_t offset) const;
  std::string_view domains_at(std::uint64_t offset) const;
  std::optional<std::uint32_t> number_of(Phase phase, std::string_view batch) const;
  const HashIndex& given() const;
  void note_key(std::size_t number);
  void add(std::string slot);     // of a new key
  void append(std::string slot);  // the bytes only
  /// Writes the head into the bytes that are there for it; false when it does not fit.
  bool write_head();

  std::string bytes_;
  IndexHead head_;
  std::vector<std::uint64_t> offsets_;  // of the slots in use
  HashIndex by_key_;
  mutable std::optional<HashIndex> given_;  // domain -> slot, when first asked
  std::vector<WorkKey> newer_;
  std::size_t dead_bytes_ = 0;
  std::uint64_t digest_ = 0;
  std::vector<Patch> patches_;
  bool head_changed_ = false;
};

}  // namespace smbatcher
