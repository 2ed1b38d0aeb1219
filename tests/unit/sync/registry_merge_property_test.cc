#include <algorithm>
#include <map>
#include <optional>
#include <random>

#include <gtest/gtest.h>

#include "libregistry/queue/registry/registry.h"
#include "libregistry/sync/registry_merge.h"

namespace smbatcher {
namespace {

// Changes of both sides, merged and compared with a model that knows no text: each row is a map from column to cell.

using Cells = std::map<std::string, std::string>;

/// A registry as the model has it.
struct Model {
  std::vector<std::string> columns{"Domain", "Name", "Batch", "Status"};
  std::vector<std::string> order;     // of domains
  std::map<std::string, Cells> rows;  // by domain
  std::size_t padding = 0;            // blanks in each cell, as a formatter would add them
  std::string end = "\n";

  std::string text() const {
    std::string text = "# Queue" + end + end + "|";
    for (const std::string& column : columns) {
      text += " " + column + std::string(padding + 1, ' ') + "|";
    }
    text += end + "|";
    for (std::size_t i = 0; i < columns.size(); ++i) {
      text += std::string(padding + 3, '-') + "|";
    }
    text += end;
    for (const std::string& domain : order) {
      text += "|";
      for (const std::string& column : columns) {
        text += " " + rows.at(domain).at(column) + std::string(padding + 1, ' ') + "|";
      }
      text += end;
    }
    return text + end + "The end." + end;
  }
};

class Changes {
 public:
  explicit Changes(std::uint32_t seed) : random_(seed) {}

  std::size_t below(std::size_t count) { return random_() % count; }
  bool chance(std::size_t in) { return below(in) == 0; }

  Model base() {
    Model model;
    for (std::size_t i = 0; i < 1 + below(7); ++i) {
      const std::string domain = std::string(1, static_cast<char>('a' + i)) + ".example";
      model.order.push_back(domain);
      model.rows[domain] = {{"Domain", domain}, {"Name", name()}, {"Batch", "001"}, {"Status", letter(below(4))}};
    }
    return model;
  }

  /// `base` as one side leaves it; its new rows are called after `side`.
  Model changed(const Model& base, const std::string& side) {
    Model model = base;
    for (auto& [domain, cells] : model.rows) {
      if (chance(4)) {
        cells["Name"] = name();
      }
      if (chance(3)) {
        cells["Status"] = letter(below(7));
      }
    }
    while (!model.order.empty() && chance(4)) {
      const std::size_t at = below(model.order.size());
      model.rows.erase(model.order[at]);
      model.order.erase(model.order.begin() + static_cast<std::ptrdiff_t>(at));
    }
    if (chance(4)) {
      std::shuffle(model.order.begin(), model.order.end(), random_);
    }
    for (std::size_t i = 0; i < below(3); ++i) {
      const std::string domain = side + std::to_string(i) + ".example";
      model.rows[domain] = {{"Domain", domain}, {"Name", name()}, {"Batch", "001"}, {"Status", letter(below(7))}};
      model.order.insert(model.order.begin() + static_cast<std::ptrdiff_t>(below(model.order.size() + 1)), domain);
    }
    if (chance(4)) {
      std::shuffle(model.columns.begin(), model.columns.end(), random_);
    }
    model.padding = chance(4) ? 1 + below(3) : 0;
    model.end = chance(6) ? "\r\n" : "\n";
    return model;
  }

 private:
  std::string name() { return std::string(1, static_cast<char>('A' + below(4))); }
  static std::string letter(std::size_t step) { return std::string(1, "BdDOiIQ"[step]); }

  std::mt19937 random_;
};

const Cells* find(const Model& model, const std::string& domain) {
  const auto found = model.rows.find(domain);
  return found == model.rows.end() ? nullptr : &found->second;
}

/// The rows that both changes together give; nullopt where they exclude each other.
std::optional<std::map<std::string, Cells>> expected(const Model& base, const Model& ours, const Model& theirs) {
  std::map<std::string, Cells> all = ours.rows;
  all.insert(theirs.rows.begin(), theirs.rows.end());
  std::map<std::string, Cells> result;
  for (const auto& [domain, any] : all) {
    const Cells* b = find(base, domain);
    const Cells* o = find(ours, domain);
    const Cells* t = find(theirs, domain);
    if (o == nullptr || t == nullptr) {
      const Cells& left = o != nullptr ? *o : *t;
      if (b == nullptr) {
        result[domain] = left;
      } else if (*b != left) {
        return std::nullopt;
      }
      continue;
    }
    Cells& cells = result[domain];
    for (const auto& [column, ours_cell] : *o) {
      const std::string& before = b->at(column);
      const std::string& theirs_cell = t->at(column);
      if (ours_cell == theirs_cell || theirs_cell == before) {
        cells[column] = ours_cell;
      } else if (ours_cell == before) {
        cells[column] = theirs_cell;
      } else if (column == "Status") {
        cells[column] = *status_of(ours_cell) < *status_of(theirs_cell) ? theirs_cell : ours_cell;
      } else {
        return std::nullopt;
      }
    }
  }
  return result;
}

/// What a text says, and in which order; every table of it.
std::pair<std::map<std::string, Cells>, std::vector<std::string>> read(const std::string& text) {
  std::pair<std::map<std::string, Cells>, std::vector<std::string>> result;
  const auto document = Document::parse(text, "merged");
  EXPECT_TRUE(document && document->tables().size() == 1) << text;
  for (const TableRow& row : document->tables()[0].rows) {
    Cells cells;
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      cells[document->tables()[0].titles.at(i)] = document->shown(row.cells[i]);
    }
    EXPECT_EQ(row.cells.size(), 4U) << text;
    result.second.push_back(cells["Domain"]);
    EXPECT_TRUE(result.first.emplace(cells["Domain"], cells).second) << text;
  }
  return result;
}

/// Those of `order` that are in all of `others`.
std::vector<std::string> common(const std::vector<std::string>& order, const std::vector<const Model*>& others) {
  std::vector<std::string> result;
  std::copy_if(order.begin(), order.end(), std::back_inserter(result), [&](const std::string& domain) {
    return std::all_of(others.begin(), others.end(), [&](const Model* other) { return other->rows.contains(domain); });
  });
  return result;
}

TEST(RegistryMergeProperty, IsNeverSilentlyWrong) {
  std::size_t merged = 0;
  std::size_t with_order = 0;
  for (std::uint32_t seed = 0; seed < 4000; ++seed) {
    Changes changes(seed);
    const Model base = changes.base();
    const Model ours = changes.changed(base, "o");
    const Model theirs = changes.changed(base, "t");
    const bool ours_sorted = common(ours.order, {&base}) != common(base.order, {&ours});
    const bool theirs_sorted = common(theirs.order, {&base}) != common(base.order, {&theirs});
    const std::string sides =
        "seed " + std::to_string(seed) + "\nbase\n" + base.text() + "ours\n" + ours.text() + "theirs\n" + theirs.text();
    const auto result = merge_registries({base.text(), ours.text(), theirs.text()}, {});
    ASSERT_TRUE(result) << result.error().message << sides;
    const auto rows = expected(base, ours, theirs);
    const bool has_two_layouts =
        ours.columns != theirs.columns && ours.columns != base.columns && theirs.columns != base.columns;
    if (!result->contradictions.empty()) {
      ASSERT_TRUE(!rows || has_two_layouts || (ours_sorted && theirs_sorted))
          << result->contradictions.front().describe() << "\n"
          << sides;
      continue;
    }
    ASSERT_TRUE(rows) << sides << "merged\n" << result->text;
    const auto [cells, order] = read(result->text);
    ASSERT_EQ(cells, *rows) << sides << "merged\n" << result->text;
    const Model& leading = ours_sorted ? ours : theirs_sorted ? theirs : base;
    const std::vector<const Model*> all{&base, &ours, &theirs};
    ASSERT_EQ(common(order, all), common(leading.order, all)) << sides << "merged\n" << result->text;
    const bool has_crlf = result->text.find('\r') != std::string::npos;
    ASSERT_EQ(has_crlf, ours.end != theirs.end || ours.end != "\n") << sides << "merged\n" << result->text;
    ASSERT_FALSE(has_crlf && result->text.find("|\n") != std::string::npos) << sides << "merged\n" << result->text;
    ++merged;
    with_order += ours_sorted || theirs_sorted ? 1 : 0;
  }
  EXPECT_GT(merged, 1000U);
  EXPECT_GT(with_order, 200U);
}

}  // namespace
}  // namespace smbatcher
