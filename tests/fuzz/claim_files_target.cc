#include <algorithm>
#include <filesystem>

#include "tests/fuzz/target.h"
#include "tests/unit/queue/verbs/support.h"

// The claims folder, whatever stands in its files: it is a cache, and nothing in it gives held work to a second owner.
namespace smbatcher::test {
namespace {

std::optional<std::pair<WorkKey, WorkRecord>> record_in(std::string_view text) {
  const auto parsed = parse_json(text);
  const Json* json = std::get_if<Json>(&parsed);
  return json == nullptr ? std::nullopt : keyed_record_from_json(*json);
}

std::string record_reads_badly(std::string_view input) {
  const auto keyed = record_in(input);
  if (!keyed) {
    return "";
  }
  const auto& [key, record] = *keyed;
  if (!is_batch_id(key.batch)) {
    return "keyed_record_from_json: a batch that is not an id";
  }
  const std::string text = to_json(key, record).dump();
  const auto again = record_in(text);
  if (!again || !(again->first == key) || to_json(key, again->second).dump() != text) {
    return "record_from_json: what was written reads as another record: " + text;
  }
  return "";
}

/// Two batches, each under a live lease. Every input finds the same files.
class Scene {
 public:
  Scene() {
    token_ = bench_.claim("a1").value().lease.value().token;
    bench_.claim("a2");
    for (const char* name : {kIndex, kFile, ".smbatcher-state/claims/implement-002.json", "REGISTRY.md",
                             ".smbatcher-state/history.jsonl"}) {
      files_.emplace_back(name, bench_.dir.read(name));
    }
  }

  /// With `text` in place of a file of the cache. `is_ours`: what a call may believe, so that only its end counts.
  std::string after(std::string_view name, std::string_view text, bool is_ours) {
    std::filesystem::remove_all(bench_.dir.at(".smbatcher-state/claims"));  // also what was set aside
    for (const auto& [other, bytes] : files_) {
      bench_.dir.write(other, bytes);
    }
    bench_.dir.write(name, text);
    const auto third = bench_.claim("a3");
    const auto first = bench_.heartbeat(batch_target("001"), with_token(token_));
    if (is_ours) {
      return "";
    }
    if (!said(third).starts_with("no_work_found:")) {
      return std::string(name) + ": a third owner is answered " + said(third) + " while both batches are held";
    }
    if (said(first) != "ok" && said(first) != "newer_format") {
      return std::string(name) + ": the holder is answered " + said(first);
    }
    return "";
  }

  /// The index as it was written, with the bytes of `damage` laid over it (XOR) from the place that its first two name.
  std::string damaged_index(std::string_view damage) const {
    std::string index = files_[kIndexAt].second;
    std::size_t at =
        damage.size() < 2 ? 0 : static_cast<unsigned char>(damage[0]) * 256U + static_cast<unsigned char>(damage[1]);
    for (const char c : damage.substr(std::min<std::size_t>(2, damage.size()))) {
      char& byte = index[at++ % index.size()];
      byte = static_cast<char>(byte ^ c);
    }
    return index;
  }

  static constexpr const char* kFile = ".smbatcher-state/claims/implement-001.json";
  static constexpr const char* kIndex = ".smbatcher-state/claims/.state";

 private:
  static constexpr std::size_t kIndexAt = 0;

  Bench bench_{{{"a.example", "001", 'O'}, {"b.example", "002", 'O'}}};
  Token token_ = 0;
  std::vector<std::pair<std::string, std::string>> files_;
};

}  // namespace

std::string broken_promise(std::string_view input) {
  static Scene scene;
  std::string broken = record_reads_badly(input);
  if (broken.empty()) {
    const auto keyed = record_in(input);
    broken = scene.after(Scene::kFile, input, keyed && keyed->first == WorkKey{Phase::kImplement, "001"});
  }
  if (broken.empty()) {
    broken = scene.after(Scene::kIndex, input, false);
  }
  if (broken.empty()) {
    broken = scene.after(Scene::kIndex, scene.damaged_index(input), false);
  }
  return broken;
}

}  // namespace smbatcher::test
