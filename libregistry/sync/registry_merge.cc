#include "libregistry/sync/registry_merge.h"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

#include "libregistry/core/base/fold_case.h"
#include "libregistry/core/base/text.h"
#include "libregistry/sync/line_merge.h"
#include "libregistry/sync/merge_order.h"
#include "libregistry/sync/merge_rows.h"
#include "libregistry/sync/merge_side.h"

namespace smbatcher {
namespace {

using LineText = MergeSide::LineText;

class Merger {
 public:
  Merger(const MergeSide& base, const MergeSide& ours, const MergeSide& theirs, std::string status_title)
      : base_(base),
        ours_(ours),
        theirs_(theirs),
        rows_(base, ours, theirs, std::move(status_title), contradictions_),
        line_end_(pick(base.line_end(), ours.line_end(), theirs.line_end()).value_or(ours.line_end())) {}

  RegistryMerge run() {
    merge_rows();
    compare_new_batches();
    merge_lines();
    write();
    return {std::move(text_), std::move(contradictions_)};
  }

  /// Looks whether the text says what was merged: a row under another table, or a cell that does not go with its
  /// neighbour, is found here.
  Result<void> confirm(RegistryMerge& merge, const std::map<std::string, std::string>& columns) const {
    SMB_TRY_ASSIGN(const MergeSide merged, MergeSide::read(merge.text, "merged", columns));
    for (const auto& [domain, line] : written_) {
      const MergeSide::Row* found = merged.find(domain);
      if (found == nullptr || found->bytes != line.text || merged.titles(found->table) != *line.titles) {
        merge.contradictions.push_back(
            {"text", domain, row_text(ours_, domain), row_text(theirs_, domain),
             "where it would stand after both changes it is not a row of its table: its table was moved or cut"});
      } else if (found->damaged && !merged_.at(domain).damaged) {
        merge.contradictions.push_back(
            {"row", domain, row_text(ours_, domain), row_text(theirs_, domain),
             "both changes together give '" + line.text + "', of which status and batch do not go together"});
      }
    }
    return {};
  }

 private:
  void contradict(std::string_view what, std::string_view subject, std::string_view ours, std::string_view theirs,
                  std::string_view note = {}) {
    contradictions_.push_back(
        {std::string(what), std::string(subject), std::string(ours), std::string(theirs), std::string(note)});
  }

  static std::string row_text(const MergeSide& side, const std::string& domain) {
    const MergeSide::Row* row = side.find(domain);
    return row == nullptr ? std::string() : std::string(row->bytes);
  }

  // Rows, by domain.

  void merge_rows() {
    const auto merge = [&](const std::string& domain) {
      if (auto merged = rows_.merge(domain)) {
        merged_.emplace(domain, std::move(*merged));
      }
    };
    for (const auto& [domain, row] : ours_.rows()) {
      merge(domain);
    }
    for (const auto& [domain, row] : theirs_.rows()) {
      if (ours_.find(domain) == nullptr) {
        merge(domain);
      }
    }
  }

  /// Two clones that made a batch each may have given both one id.
  void compare_new_batches() {
    std::set<std::string> before;
    for (const auto& [id, sites] : base_.batches()) {
      before.insert(batch_value(id));
    }
    std::unordered_map<std::string, std::vector<std::pair<std::string, std::set<std::string>>>> here;
    for (const auto& [id, sites] : ours_.batches()) {
      if (!before.contains(batch_value(id))) {
        here[batch_value(id)].emplace_back(id, sites);
      }
    }
    for (const auto& [other, other_sites] : theirs_.batches()) {
      const auto found = here.find(batch_value(other));
      if (found == here.end()) {
        continue;
      }
      for (const auto& [id, sites] : found->second) {
        if (sites != other_sites || id != other) {
          contradict("members", id == other ? id : join({id, other}, "/"), listed(sites), listed(other_sites),
                     "both sides made this batch; give one of the two another id");
        }
      }
    }
  }

  /// Equal for ids that same_batch_value() or their text makes equal.
  static std::string batch_value(const std::string& id) {
    return is_numeric(id) ? id.substr(std::min(id.find_first_not_of('0'), id.size() - 1)) : id;
  }

  static std::string listed(const std::set<std::string>& domains) {
    return join({domains.begin(), domains.end()}, ", ");
  }

  // Lines, in order.

  Symbols symbols_of(const MergeLines& lines) {
    Symbols symbols;
    for (const LineText* line : lines) {
      symbols.push_back(numbers_.emplace(line->key, static_cast<std::uint32_t>(numbers_.size())).first->second);
    }
    return symbols;
  }

  /// Where one side has another order of rows, all follow it, so that only what was added, removed or moved elsewhere
  /// is left to merge.
  void follow_one_order() {
    const bool ours_new = is_reordered(base_, ours_);
    const bool theirs_new = is_reordered(base_, theirs_);
    if (!ours_new && !theirs_new) {
      return;
    }
    if (ours_new && theirs_new && is_reordered(ours_, theirs_)) {
      contradict("order", "rows", listed(ours_), listed(theirs_), "both sides have sorted the rows, each in its way");
    }
    const MergeSide& order = ours_new ? ours_ : theirs_;
    base_lines_ = in_order_of(order, base_);
    (ours_new ? their_lines_ : our_lines_) = in_order_of(order, ours_new ? theirs_ : ours_);
  }

  /// The first rows of a side, in order.
  static std::string listed(const MergeSide& side) {
    constexpr std::size_t kMost = 5;
    std::vector<std::string> domains;
    for (const LineText& line : side.lines()) {
      if (!line.domain.empty() && domains.size() <= kMost) {
        domains.push_back(domains.size() == kMost ? "…" : std::string(line.domain));
      }
    }
    return join(domains, ", ");
  }

  void merge_lines() {
    follow_one_order();
    const Symbols base = symbols_of(base_lines_);
    const Symbols ours = symbols_of(our_lines_);
    const Symbols theirs = symbols_of(their_lines_);
    for (const MergePart& part : three_way(base, ours, theirs)) {
      if (part.common) {
        const LineText& b = *base_lines_[part.base.begin];
        const LineText& o = *our_lines_[part.ours.begin];
        const LineText& t = *their_lines_[part.theirs.begin];
        const bool is_theirs = o.text == b.text && t.text != b.text;
        emit(is_theirs ? theirs_ : ours_, is_theirs ? t : o, pick(b.end, o.end, t.end).value_or(o.end));
      } else {
        merge_part(part, base, ours, theirs);
      }
    }
  }

  static bool same(const Symbols& a, Stretch in_a, const Symbols& b, Stretch in_b) {
    return std::equal(
        a.begin() + static_cast<std::ptrdiff_t>(in_a.begin), a.begin() + static_cast<std::ptrdiff_t>(in_a.end),
        b.begin() + static_cast<std::ptrdiff_t>(in_b.begin), b.begin() + static_cast<std::ptrdiff_t>(in_b.end));
  }

  void merge_part(const MergePart& part, const Symbols& base, const Symbols& ours, const Symbols& theirs) {
    const auto base_texts = texts(base_lines_, part.base);
    const auto our_texts = texts(our_lines_, part.ours);
    const auto their_texts = texts(their_lines_, part.theirs);
    if (same(ours, part.ours, base, part.base)) {
      emit_all(theirs_, their_lines_, part.theirs);
    } else if (same(theirs, part.theirs, base, part.base) || same(ours, part.ours, theirs, part.theirs)) {
      emit_all(ours_, our_lines_, part.ours);
    } else if (our_texts == base_texts && !their_texts.empty()) {
      emit_with_rows_of(theirs_, their_lines_, part.theirs, ours_, our_lines_, part.ours);
    } else if (their_texts == base_texts || their_texts == our_texts) {
      emit_with_rows_of(ours_, our_lines_, part.ours, theirs_, their_lines_, part.theirs);
    } else {
      contradict("text", "line " + std::to_string(part.ours.begin + 1), said(our_lines_, part.ours),
                 said(their_lines_, part.theirs));
    }
  }

  /// What the lines of a stretch say that are no rows.
  static std::vector<std::string_view> texts(const MergeLines& lines, Stretch stretch) {
    std::vector<std::string_view> all;
    for (std::size_t i = stretch.begin; i < stretch.end; ++i) {
      if (lines[i]->domain.empty()) {
        all.emplace_back(lines[i]->key);
      }
    }
    return all;
  }

  static std::string said(const MergeLines& lines, Stretch stretch) {
    std::vector<std::string> all;
    for (std::size_t i = stretch.begin; i < stretch.end; ++i) {
      if (lines[i]->domain.empty()) {
        all.emplace_back(lines[i]->text);
      }
    }
    return join(all, "\n");
  }

  void emit_all(const MergeSide& side, const MergeLines& lines, Stretch stretch) {
    for (std::size_t i = stretch.begin; i < stretch.end; ++i) {
      emit(side, *lines[i], lines[i]->end);
    }
  }

  /// The stretch of `frame`, and in it the rows that only `other` has: each after the row above it there, and after
  /// those that `frame` has in that place.
  void emit_with_rows_of(const MergeSide& frame, const MergeLines& frame_lines, Stretch in_frame,
                         const MergeSide& other, const MergeLines& other_lines, Stretch in_other) {
    std::unordered_map<std::string_view, std::vector<std::size_t>> places;  // in the frame, last one first
    for (std::size_t i = in_frame.end; i-- > in_frame.begin;) {
      places[frame_lines[i]->key].push_back(i);
    }
    std::size_t next = in_frame.begin;
    for (std::size_t i = in_other.begin; i < in_other.end; ++i) {
      const LineText& line = *other_lines[i];
      std::vector<std::size_t>& found = places[line.key];
      while (!found.empty() && found.back() < next) {
        found.pop_back();
      }
      if (!found.empty()) {
        emit_all(frame, frame_lines, {next, found.back() + 1});
        next = found.back() + 1;
      } else if (!line.domain.empty()) {
        for (; next < in_frame.end && !frame_lines[next]->domain.empty(); ++next) {
          emit(frame, *frame_lines[next], frame_lines[next]->end);
        }
        emit(other, line, line.end);
      }
    }
    emit_all(frame, frame_lines, {next, in_frame.end});
  }

  void emit(const MergeSide& side, const LineText& line, std::string_view end) {
    if (!line.domain.empty()) {
      const auto merged = merged_.find(line.domain);
      if (merged == merged_.end() || !emitted_.insert(merged->first).second) {
        return;  // removed by the other side, or there already
      }
    }
    items_.push_back({&side, &line, end});
  }

  // The text.

  void write() {
    text_ = pick(base_.has_byte_order_mark(), ours_.has_byte_order_mark(), theirs_.has_byte_order_mark()).value_or(true)
                ? kByteOrderMark
                : "";
    const Item* header = nullptr;
    std::string_view missing;  // the line end that the line above has not, since it ends its file
    bool is_missing = false;
    for (const Item& item : items_) {
      header = item.line->is_header ? &item : header;
      std::string row;
      if (!item.line->domain.empty()) {
        const MergeSide& side = header != nullptr ? *header->side : *item.side;
        const std::size_t table = header != nullptr ? header->line->table : item.line->table;
        const std::string domain(item.line->domain);
        row = rows_.line_of(domain, merged_.find(domain)->second, side, table).value_or("");
        written_[domain] = {row, &side.titles(table)};
      }
      const std::string_view own = item.end.empty() ? std::string_view("\n") : item.end;
      const std::string_view end = line_end_ && !line_end_->empty() && item.side->line_end() ? *line_end_ : own;
      text_ += is_missing ? (missing.empty() ? end : missing) : "";
      text_ += item.line->domain.empty() ? item.line->text : row;
      is_missing = item.end.empty();
      missing = end;
      text_ += is_missing ? "" : end;
    }
    for (const auto& [domain, row] : merged_) {
      if (!emitted_.contains(domain)) {
        contradict("text", domain, row_text(ours_, domain), row_text(theirs_, domain),
                   "both sides have moved it, to places that do not go together");
      }
    }
  }

  struct Item {
    const MergeSide* side;
    const LineText* line;
    std::string_view end;
  };
  struct Written {
    std::string text;
    const std::vector<std::string>* titles = nullptr;
  };

  const MergeSide& base_;
  const MergeSide& ours_;
  const MergeSide& theirs_;
  std::vector<Contradiction> contradictions_;
  RowMerger rows_;
  std::optional<std::string_view> line_end_;  // of all lines, where the sides that have one agree
  MergeLines base_lines_ = lines_of(base_);
  MergeLines our_lines_ = lines_of(ours_);
  MergeLines their_lines_ = lines_of(theirs_);
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::map<std::string, MergedRow, std::less<>> merged_;  // by domain
  std::set<std::string> emitted_;
  std::vector<Item> items_;
  std::map<std::string, Written> written_;
  std::string text_;
};

}  // namespace

std::string Contradiction::describe(std::string_view ours_are, std::string_view theirs_are) const {
  const auto quoted = [](const std::string& text) { return text.empty() ? "nothing" : "'" + text + "'"; };
  return subject + " " + what + ": " + quoted(ours) + " " + std::string(ours_are) + ", " + quoted(theirs) + " " +
         std::string(theirs_are) + (note.empty() ? "" : "; " + note);
}

Result<RegistryMerge> merge_registries(const MergeSources& sources, const std::map<std::string, std::string>& columns) {
  if (const auto picked = pick(sources.base, sources.ours, sources.theirs)) {
    return RegistryMerge{std::string(*picked), {}};
  }
  SMB_TRY_ASSIGN(const MergeSide base, MergeSide::read(sources.base, "base", columns));
  SMB_TRY_ASSIGN(const MergeSide ours, MergeSide::read(sources.ours, "ours", columns));
  SMB_TRY_ASSIGN(const MergeSide theirs, MergeSide::read(sources.theirs, "theirs", columns));
  const auto status = columns.find("status");
  Merger merger(base, ours, theirs, status == columns.end() ? "status" : fold_case(status->second));
  RegistryMerge merge = merger.run();
  if (merge.contradictions.empty()) {
    SMB_TRY(merger.confirm(merge, columns));
  }
  return merge;
}

}  // namespace smbatcher
