#pragma once

#include <algorithm>
#include <filesystem>
#include <functional>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/process/queue_facts.h"
#include "tests/support/variants.h"
#include "tests/variants/seam_file_ops.h"

// A call on a queue, and its file operations one by one.
namespace smbatcher::test {

/// One file operation of a call, as the seam lists it.
struct Point {
  int number = 0;
  std::string name;    // "rename_with"
  std::string action;  // what was done to it, "-" when nothing was
  std::string path;

  bool is(std::string_view wanted, std::string_view path_end) const {
    return name == wanted && path.ends_with(path_end);
  }
};

inline std::ostream& operator<<(std::ostream& out, const Point& point) {
  return out << "operation " << point.number << ", " << point.name << " of '" << point.path << "'";
}

/// Tool and arguments; TOKEN stands for the token of the last claim.
using Words = std::vector<std::string>;

/// A call before the one that is looked at. With `killed_at` it dies before that operation.
struct Step {
  Words words;
  int killed_at = 0;
};

/// A call, and how its queue comes to be. The queue has four batches of two sites at `status`; none when it is empty.
struct Scene {
  std::string name;
  std::string status;
  std::vector<Step> first;
  Words words;
  Words next{"find-next", "--claim", "--owner", "next"};  // somebody else's claim afterwards; none when it is empty
  // The call is made again before that claim, not after it. For what is known as a repeat only until the next change:
  // nobody holds anything after a registration.
  bool again_first = false;

  /// The call needs files that its check accepts.
  bool completes() const {
    const auto is_completion = [](const Words& words_) { return words_.front().ends_with("complete"); };
    return is_completion(words) ||
           std::any_of(first.begin(), first.end(), [&](const Step& step) { return is_completion(step.words); });
  }
};

inline std::ostream& operator<<(std::ostream& out, const Scene& scene) { return out << scene.name; }

/// Where the tools come from: the shipped ones when empty, else a folder of tests/variants.
struct Builds {
  std::string call = "faulty";
  std::string next{};
};

/// A queue right before a scene's call.
class Stage {
 public:
  explicit Stage(const Scene& scene) {
    if (!scene.status.empty()) {
      sites_ = fleet(4, 2, scene.status);
      sandbox_.write_registry(Sandbox::registry_text(sites_));
      if (scene.completes()) {
        write_outputs(sandbox_, sites_);
      }
    }
    for (const Step& step : scene.first) {
      const Command call = command(step.words);
      if (step.killed_at > 0) {
        EXPECT_EQ(test::run(at_point(in_variant("faulty", call), step.killed_at, "kill")).signal, SIGKILL);
        continue;
      }
      const ProcessResult result = test::run(call);
      EXPECT_EQ(result.status, 0) << result.command << "\n" << result.out;
      if (step.words.front() == "find-next") {
        token_ = std::to_string(number_of(json(result), "token"));
      }
    }
  }

  const Sandbox& sandbox() const { return sandbox_; }
  const std::vector<Sandbox::Site>& sites() const { return sites_; }
  std::string registry() const { return sandbox_.dir().exists(".smbatcher/REGISTRY.md") ? sandbox_.registry() : ""; }

  Command command(const Words& words, const std::string& variant = {}) const {
    std::vector<std::string> args(words.begin() + 1, words.end());
    std::replace(args.begin(), args.end(), std::string("TOKEN"), token_);
    const Command call = sandbox_.command(words.front(), args);
    return variant.empty() ? call : in_variant(variant, call);
  }

  /// The call with `action` done to operation `number`.
  static Command at_point(Command call, int number, const std::string& action) {
    call.env[kSeamAt] = std::to_string(number);
    call.env[kSeamDo] = action;
    return call;
  }
  /// The call with its operations listed.
  Command traced(Command call) const {
    call.env[kSeamTrace] = trace_path();
    return call;
  }
  /// What the call of traced() did.
  std::vector<Point> trace() const {
    std::istringstream lines(sandbox_.dir().exists("trace") ? sandbox_.dir().read("trace") : "");
    std::vector<Point> points;
    for (Point point;
         lines >> point.number >> point.name >> point.action && std::getline(lines >> std::ws, point.path);) {
      points.push_back(point);
    }
    return points;
  }

  /// Files that only a change in progress has.
  std::vector<std::string> temporary_files() const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(sandbox_.dir().at(".smbatcher"))) {
      const std::string name = entry.path().filename().string();
      if (name.ends_with(".part") || name.ends_with(".next")) {
        found.push_back(name);
      }
    }
    return found;
  }

 private:
  std::string trace_path() const { return sandbox_.dir().at("trace"); }

  std::vector<Sandbox::Site> sites_;
  Sandbox sandbox_;
  std::string token_;
};

/// What a call does when nothing disturbs it.
struct Undisturbed {
  std::string old_text;  // of the registry
  std::string new_text;
  std::string batch;  // that a claim takes; empty for other calls
  std::vector<Point> points;
};

inline Undisturbed run_undisturbed(const Scene& scene, const std::string& variant = "faulty") {
  const Stage stage(scene);
  Undisturbed run;
  run.old_text = stage.registry();
  const ProcessResult result = test::run(stage.traced(stage.command(scene.words, variant)));
  EXPECT_EQ(result.status, 0) << result.command << "\n" << result.out;
  run.new_text = stage.registry();
  run.batch = scene.words.front() == "find-next" ? text_of(json(result), "batch") : "";
  run.points = stage.trace();
  return run;
}

/// The number of the first operation that `is_it`; throws when there is none.
inline int number_of_point(const std::vector<Point>& points, const std::function<bool(const Point&)>& is_it) {
  const auto found = std::find_if(points.begin(), points.end(), is_it);
  if (found == points.end()) {
    throw std::runtime_error("the call has no such operation");
  }
  return found->number;
}

inline bool is_publication(const Point& point) {
  return point.name.starts_with("rename") && point.path.ends_with("/REGISTRY.md");
}

/// The queues of the sweeps. Somebody holds the third batch; the change is about the first, or about a new site.
inline std::vector<Scene> sweep_scenes() {
  const Step other{{"find-next", "--claim", "--batch", "003", "--owner", "ben"}};
  const Step claim{{"find-next", "--claim", "--owner", "anna"}};
  const Words next{"find-next", "--claim", "--batch", "002", "--owner", "next"};
  return {
      {"Claim", "O", {other}, {"find-next", "--claim", "--owner", "anna"}},
      {"FirstClaim", "O", {}, {"find-next", "--claim", "--owner", "anna"}},
      {"Complete", "O", {other, claim}, {"implement-complete", "--batch", "001", "--token", "TOKEN"}, next},
      {"Register", "O", {other}, {"prepare-register", "--sites", "new.example:N:T:w", "--owner", "anna"}, next, true},
      {"Release", "O", {other, claim}, {"release", "--batch", "001", "--token", "TOKEN", "--delay", "0"}, next},
  };
}

}  // namespace smbatcher::test
