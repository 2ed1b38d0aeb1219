#include "libregistry/queue/registry/site.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <numeric>

#include "libregistry/core/base/ids.h"
#include "libregistry/core/base/text_hash.h"

namespace smbatcher {

namespace {

/// The value of a short numeric id.
std::optional<std::size_t> small_number(std::string_view id) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), value);
  return error == std::errc() && end == id.data() + id.size() ? std::optional(value) : std::nullopt;
}

}  // namespace

std::size_t BatchTable::index_of(std::string_view id) const {
  // Batches are numbered one after the other, so most stand where their number says. The claims of a long queue are
  // looked up here one by one.
  const auto first = entries_.empty() ? std::nullopt : small_number(entries_.front().id);
  const auto number = small_number(id);
  if (first && number && *number >= *first && *number - *first < size() && entries_[*number - *first].id == id) {
    return *number - *first;
  }
  const auto found =
      std::lower_bound(entries_.begin(), entries_.end(), id,
                       [](const Entry& entry, std::string_view wanted) { return batch_id_less(entry.id, wanted); });
  return found != entries_.end() && found->id == id ? static_cast<std::size_t>(found - entries_.begin()) : size();
}

std::span<const std::uint32_t> BatchTable::sites_of(std::string_view id) const {
  const std::size_t index = index_of(id);
  return index < size() ? (*this)[index].sites : std::span<const std::uint32_t>();
}

void BatchBuilder::add(std::string_view id) {
  const std::uint32_t number = id.empty() ? kNone : number_of(id);
  of_site_.push_back(number);
  if (number != kNone) {
    ++entries_[number].count;
  }
}

void BatchBuilder::add_same() {
  of_site_.push_back(of_site_.back());
  if (of_site_.back() != kNone) {
    ++entries_[of_site_.back()].count;
  }
}

std::uint32_t BatchBuilder::number_of(std::string_view id) {
  if (2 * (entries_.size() + 1) > slots_.size()) {
    grow();
  }
  for (std::size_t at = text_hash(id);; ++at) {
    std::uint32_t& slot = slots_[at & (slots_.size() - 1)];
    if (slot == 0) {
      entries_.push_back({id, 0, 0});
      slot = static_cast<std::uint32_t>(entries_.size());
      return slot - 1;
    }
    if (entries_[slot - 1].id == id) {
      return slot - 1;
    }
  }
}

void BatchBuilder::grow() {
  slots_.assign(std::max<std::size_t>(64, slots_.size() * 4), 0);
  for (std::uint32_t entry = 0; entry < entries_.size(); ++entry) {
    std::size_t at = text_hash(entries_[entry].id);
    while (slots_[at & (slots_.size() - 1)] != 0) {
      ++at;
    }
    slots_[at & (slots_.size() - 1)] = entry + 1;
  }
}

BatchTable BatchBuilder::finish() {
  std::vector<std::uint32_t> order(entries_.size());
  std::iota(order.begin(), order.end(), 0U);
  const auto before = [this](std::uint32_t a, std::uint32_t b) {
    return batch_id_less(entries_[a].id, entries_[b].id);
  };
  if (!std::is_sorted(order.begin(), order.end(), before)) {
    std::sort(order.begin(), order.end(), before);
  }
  std::uint32_t first = 0;
  for (const std::uint32_t entry : order) {
    entries_[entry].first = first;
    first += entries_[entry].count;
    entries_[entry].count = 0;
  }
  BatchTable table;
  table.members_.resize(first);
  for (std::uint32_t site = 0; site < of_site_.size(); ++site) {
    if (of_site_[site] != kNone) {
      BatchTable::Entry& entry = entries_[of_site_[site]];
      table.members_[entry.first + entry.count++] = site;
    }
  }
  table.entries_.reserve(entries_.size());
  for (const std::uint32_t entry : order) {
    table.entries_.push_back(entries_[entry]);
  }
  return table;
}

DomainIndex::DomainIndex(std::size_t sites) { slots_.resize(std::bit_ceil(std::max<std::size_t>(16, sites * 2))); }

std::uint32_t DomainIndex::add(const std::vector<Site>& sites, std::uint32_t index) {
  const std::uint64_t hash = text_hash(sites[index].domain);
  std::uint32_t& slot = slots_[slot_of(sites, sites[index].domain, hash)];
  if (slot == 0) {
    slot = tag_of(hash) | (index + 1);
  }
  return (slot & kIndexBits) - 1;
}

std::size_t DomainIndex::find(const std::vector<Site>& sites, std::string_view domain) const {
  const std::uint32_t slot = slots_[slot_of(sites, domain, text_hash(domain))];
  return slot == 0 ? sites.size() : (slot & kIndexBits) - 1;
}

std::size_t DomainIndex::slot_of(const std::vector<Site>& sites, std::string_view domain, std::uint64_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  const std::uint32_t tag = tag_of(hash);
  std::size_t at = hash & mask;
  while (slots_[at] != 0 &&
         ((slots_[at] & ~kIndexBits) != tag || sites[(slots_[at] & kIndexBits) - 1].domain != domain)) {
    at = (at + 1) & mask;
  }
  return at;
}

}  // namespace smbatcher
