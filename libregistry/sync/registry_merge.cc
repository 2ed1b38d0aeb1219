#include "libregistry/sync/registry_merge.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include "libregistry/base/text.h"
#include "libregistry/sync/line_merge.h"
#include "libregistry/sync/merge_side.h"

namespace smbatcher {
namespace {

using Row = MergeSide::Row;
using LineText = MergeSide::LineText;

/// What one side changed wins; nullopt when both changed it, to different values.
template <class Value>
std::optional<Value> pick(const Value& base, const Value& ours, const Value& theirs) {
  if (ours == theirs || theirs == base) {
    return ours;
  }
  return ours == base ? std::optional(theirs) : std::nullopt;
}

class Merger {
 public:
  Merger(const MergeSide& base, const MergeSide& ours, const MergeSide& theirs, std::string_view status_title)
      : base_(base), ours_(ours), theirs_(theirs), status_title_(status_title) {}

  RegistryMerge run() {
    merge_rows();
    compare_new_batches();
    merge_lines();
    return {std::move(text_), std::move(contradictions_)};
  }

  const std::map<std::string, std::string>& rows() const { return merged_; }
  bool was_damaged(const std::string& domain) const {
    const auto damaged = [&](const MergeSide& side) {
      const Row* row = side.find(domain);
      return row != nullptr && row->damaged;
    };
    return damaged(ours_) || damaged(theirs_);
  }

 private:
  void contradict(std::string_view what, std::string_view subject, std::string_view ours, std::string_view theirs) {
    contradictions_.push_back({std::string(what), std::string(subject), std::string(ours), std::string(theirs)});
  }

  // Rows, by domain.

  void merge_rows() {
    for (const auto& [domain, row] : ours_.rows()) {
      merge_row(domain);
    }
    for (const auto& [domain, row] : theirs_.rows()) {
      if (ours_.find(domain) == nullptr) {
        merge_row(domain);
      }
    }
  }

  void merge_row(const std::string& domain) {
    const Row* base = base_.find(domain);
    const Row* ours = ours_.find(domain);
    const Row* theirs = theirs_.find(domain);
    if (ours == nullptr || theirs == nullptr) {
      const Row& left = ours != nullptr ? *ours : *theirs;
      if (base == nullptr) {
        merged_[domain] = left.bytes;
      } else if (base->bytes != left.bytes) {
        contradict("removed", domain, ours != nullptr ? left.bytes : "", theirs != nullptr ? left.bytes : "");
      }
      return;
    }
    if (const auto picked = pick(base == nullptr ? std::string_view() : base->bytes, ours->bytes, theirs->bytes)) {
      merged_[domain] = *picked;
      return;
    }
    if (ours_.titles(ours->table) != theirs_.titles(theirs->table) ||
        (base != nullptr && base_.titles(base->table) != ours_.titles(ours->table))) {
      if (!said_columns_) {
        said_columns_ = true;  // once for all rows
        contradict("columns", domain, join(ours_.titles(ours->table), " | "),
                   join(theirs_.titles(theirs->table), " | "));
      }
      return;
    }
    merged_[domain] = merge_cells(domain, base, *ours, *theirs);
  }

  static std::string_view cell(const Row* row, std::size_t index) {
    return row != nullptr && index < row->cells.size() ? row->cells[index] : std::string_view();
  }

  /// Our row with what theirs has changed.
  std::string merge_cells(const std::string& domain, const Row* base, const Row& ours, const Row& theirs) {
    std::vector<Edit> edits;
    const auto& titles = ours_.titles(ours.table);
    for (std::size_t i = 0; i < std::max(ours.cells.size(), theirs.cells.size()); ++i) {
      const std::string_view title = i < titles.size() ? std::string_view(titles[i]) : "cell";
      auto picked = pick(cell(base, i), cell(&ours, i), cell(&theirs, i));
      if (!picked && title == status_title_) {
        picked = further(cell(&ours, i), cell(&theirs, i));
      }
      if (!picked || (*picked != cell(&ours, i) && i >= ours.places.size())) {
        contradict(title, domain, cell(&ours, i), cell(&theirs, i));
      } else if (*picked != cell(&ours, i)) {
        edits.push_back(replacement(ours.places[i], *picked));
      }
    }
    return splice(ours.bytes, std::move(edits));
  }

  static Edit replacement(const Cell& place, std::string_view text) {
    if (place.content.size() > 0) {
      return {place.content, std::string(text)};
    }
    return {place.raw, " " + std::string(text) + " "};  // a blank cell has no place for a text of its own
  }

  static std::optional<std::string_view> further(std::string_view ours, std::string_view theirs) {
    const auto status = [](std::string_view cell) {
      return cell.empty() ? std::optional(Status::kRegistered) : status_of(cell_text(cell));
    };
    const auto a = status(ours);
    const auto b = status(theirs);
    return a && b ? std::optional(*a < *b ? theirs : ours) : std::nullopt;
  }

  /// Two clones that made a batch each may have given both one id.
  void compare_new_batches() {
    const auto before = base_.batches();
    const auto here = ours_.batches();
    const auto there = theirs_.batches();
    const auto is_new = [&](const std::string& id) {
      return std::none_of(before.begin(), before.end(),
                          [&](const auto& batch) { return same_batch_value(batch.first, id) || batch.first == id; });
    };
    for (const auto& [id, sites] : here) {
      for (const auto& [other, other_sites] : there) {
        if ((id == other || same_batch_value(id, other)) && is_new(id) && (sites != other_sites || id != other)) {
          contradict("members", id == other ? id : join({id, other}, "/"), listed(sites), listed(other_sites));
        }
      }
    }
  }

  static std::string listed(const std::set<std::string>& domains) {
    return join({domains.begin(), domains.end()}, ", ");
  }

  // Lines, in order.

  Symbols symbols_of(const MergeSide& side) {
    Symbols symbols;
    for (const LineText& line : side.lines()) {
      const std::string key = line.domain.empty() ? "t" + std::string(line.text) : "r" + std::string(line.domain);
      symbols.push_back(numbers_.emplace(key, static_cast<std::uint32_t>(numbers_.size())).first->second);
    }
    return symbols;
  }

  void merge_lines() {
    const Symbols base = symbols_of(base_);
    const Symbols ours = symbols_of(ours_);
    const Symbols theirs = symbols_of(theirs_);
    text_ = pick(base_.has_byte_order_mark(), ours_.has_byte_order_mark(), theirs_.has_byte_order_mark()).value_or(true)
                ? kByteOrderMark
                : "";
    for (const MergePart& part : three_way(base, ours, theirs)) {
      if (part.common) {
        const LineText& b = base_.lines()[part.base.begin];
        const LineText& o = ours_.lines()[part.ours.begin];
        const LineText& t = theirs_.lines()[part.theirs.begin];
        emit({o.text, pick(b.end, o.end, t.end).value_or(o.end), o.domain});
        continue;
      }
      merge_part(part, base, ours, theirs);
    }
    for (const auto& [domain, row] : merged_) {
      if (!emitted_.contains(domain)) {
        contradict("text", domain, "the row was moved", "the row was moved");
      }
    }
  }

  static bool same(const Symbols& a, Stretch in_a, const Symbols& b, Stretch in_b) {
    return std::equal(
        a.begin() + static_cast<std::ptrdiff_t>(in_a.begin), a.begin() + static_cast<std::ptrdiff_t>(in_a.end),
        b.begin() + static_cast<std::ptrdiff_t>(in_b.begin), b.begin() + static_cast<std::ptrdiff_t>(in_b.end));
  }

  void merge_part(const MergePart& part, const Symbols& base, const Symbols& ours, const Symbols& theirs) {
    if (same(ours, part.ours, base, part.base)) {
      emit_all(theirs_, part.theirs);
    } else if (same(theirs, part.theirs, base, part.base) || same(ours, part.ours, theirs, part.theirs)) {
      emit_all(ours_, part.ours);
    } else if (texts(ours_, part.ours) == texts(base_, part.base) && !texts(theirs_, part.theirs).empty()) {
      emit_with_rows_of(theirs_, part.theirs, ours_, part.ours);
    } else if (const auto text = texts(theirs_, part.theirs);
               text == texts(base_, part.base) || text == texts(ours_, part.ours)) {
      emit_with_rows_of(ours_, part.ours, theirs_, part.theirs);
    } else {
      contradict("text", "line " + std::to_string(part.ours.begin + 1), join(texts(ours_, part.ours), "\n"),
                 join(texts(theirs_, part.theirs), "\n"));
    }
  }

  /// The lines of a stretch that are no rows.
  static std::vector<std::string> texts(const MergeSide& side, Stretch stretch) {
    std::vector<std::string> all;
    for (std::size_t i = stretch.begin; i < stretch.end; ++i) {
      if (side.lines()[i].domain.empty()) {
        all.emplace_back(side.lines()[i].text);
      }
    }
    return all;
  }

  void emit_all(const MergeSide& side, Stretch stretch) {
    for (std::size_t i = stretch.begin; i < stretch.end; ++i) {
      emit(side.lines()[i]);
    }
  }

  /// The stretch of `frame`, and in it the rows that only `other` has: each after the row above it there, and after
  /// those that `frame` has in that place.
  void emit_with_rows_of(const MergeSide& frame, Stretch in_frame, const MergeSide& other, Stretch in_other) {
    std::size_t next = in_frame.begin;
    for (std::size_t i = in_other.begin; i < in_other.end; ++i) {
      const LineText& line = other.lines()[i];
      const auto found = std::find_if(
          frame.lines().begin() + static_cast<std::ptrdiff_t>(next),
          frame.lines().begin() + static_cast<std::ptrdiff_t>(in_frame.end), [&](const LineText& ours) {
            return line.domain.empty() ? ours.domain.empty() && ours.text == line.text : ours.domain == line.domain;
          });
      const auto at = static_cast<std::size_t>(found - frame.lines().begin());
      if (at < in_frame.end) {
        emit_all(frame, {next, at + 1});
        next = at + 1;
      } else if (!line.domain.empty()) {
        while (next < in_frame.end && !frame.lines()[next].domain.empty()) {
          emit(frame.lines()[next++]);
        }
        emit(line);
      }
    }
    emit_all(frame, {next, in_frame.end});
  }

  void emit(const LineText& line) {
    std::string_view text = line.text;
    if (!line.domain.empty()) {
      const auto merged = merged_.find(std::string(line.domain));
      if (merged == merged_.end() || !emitted_.insert(merged->first).second) {
        return;  // removed by the other side, or there already
      }
      text = merged->second;
    }
    if (missing_end_) {
      text_ += line.end.empty() ? "\n" : line.end;
    }
    text_ += text;
    text_ += line.end;
    missing_end_ = line.end.empty();
  }

  const MergeSide& base_;
  const MergeSide& ours_;
  const MergeSide& theirs_;
  std::string status_title_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::map<std::string, std::string> merged_;  // domain -> row
  std::set<std::string> emitted_;
  std::string text_;
  bool missing_end_ = false;  // the line that was emitted last ends the file it comes from
  bool said_columns_ = false;
  std::vector<Contradiction> contradictions_;
};

/// Looks whether the text says what was merged: a row under another table, or a cell that does not go with its
/// neighbour, is found here.
Result<void> confirm(RegistryMerge& merge, const Merger& merger, const std::map<std::string, std::string>& columns) {
  SMB_TRY_ASSIGN(const MergeSide merged, MergeSide::read(merge.text, "merged", columns));
  for (const auto& [domain, row] : merger.rows()) {
    const Row* found = merged.find(domain);
    if (found == nullptr || found->bytes != row) {
      merge.contradictions.push_back({"text", domain, "the row is no row between these lines", ""});
    } else if (found->damaged && !merger.was_damaged(domain)) {
      merge.contradictions.push_back({"row", domain, row, "status and batch do not go together"});
    }
  }
  return {};
}

}  // namespace

std::string Contradiction::describe(std::string_view ours_are, std::string_view theirs_are) const {
  const auto quoted = [](const std::string& text) { return text.empty() ? "nothing" : "'" + text + "'"; };
  return subject + " " + what + ": " + quoted(ours) + " " + std::string(ours_are) + ", " + quoted(theirs) + " " +
         std::string(theirs_are);
}

Result<RegistryMerge> merge_registries(const MergeSources& sources, const std::map<std::string, std::string>& columns) {
  if (const auto picked = pick(sources.base, sources.ours, sources.theirs)) {
    return RegistryMerge{std::string(*picked), {}};
  }
  SMB_TRY_ASSIGN(const MergeSide base, MergeSide::read(sources.base, "base", columns));
  SMB_TRY_ASSIGN(const MergeSide ours, MergeSide::read(sources.ours, "ours", columns));
  SMB_TRY_ASSIGN(const MergeSide theirs, MergeSide::read(sources.theirs, "theirs", columns));
  const auto status = columns.find("status");
  Merger merger(base, ours, theirs, status == columns.end() ? "status" : to_lower(status->second));
  RegistryMerge merge = merger.run();
  if (merge.contradictions.empty()) {
    SMB_TRY(confirm(merge, merger, columns));
  }
  return merge;
}

}  // namespace smbatcher
