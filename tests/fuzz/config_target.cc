#include <algorithm>
#include <charconv>

#include "libregistry/core/config/settings.h"
#include "tests/fuzz/target.h"

// The settings: any text is a whole configuration within its bounds, or an error that names its line.
namespace smbatcher::test {
namespace {

constexpr std::string_view kPath = "config.yml";

std::string error_is_bad(const Error& error, std::size_t lines) {
  if (error.code != Errc::kMalformed || error.reason.text() != "config_invalid") {
    return "answers " + error.reason.text();
  }
  const std::string start = std::string(kPath) + ":";
  std::size_t line = 0;
  if (error.where.starts_with(start)) {
    std::from_chars(error.where.data() + start.size(), error.where.data() + error.where.size(), line);
  }
  return line >= 1 && line <= lines ? "" : "names a line that is not there: " + error.where;
}

bool leads_below(const std::string& path) {
  return !path.empty() && path.front() != '/' && ("/" + path + "/").find("/../") == std::string::npos;
}

std::string config_is_bad(const Config& config) {
  if (config.lease.count() < 1 || config.clock_skew.count() < 1 || config.lock_timeout.count() < 0) {
    return "a duration that is none";
  }
  if (std::min(config.max_attempts, config.batch_size) < 1 || std::max(config.max_attempts, config.batch_size) > 1000) {
    return "a number out of its bounds";
  }
  for (const double ratio :
       {config.similarity_threshold, config.metrics_min_completion, config.metrics_max_collision}) {
    if (!(ratio >= 0 && ratio <= 1)) {
      return "a ratio out of its bounds";
    }
  }
  const auto& files = config.outputs_required_files;
  if (!leads_below(config.sites_dir) || !leads_below(config.batches_dir) || !leads_below(config.design_file) ||
      !std::all_of(files.begin(), files.end(), leads_below)) {
    return "a path that leads out of the repository";
  }
  return "";
}

}  // namespace

std::string broken_promise(std::string_view input) {
  const std::size_t lines = 1 + static_cast<std::size_t>(std::count(input.begin(), input.end(), '\n') +
                                                         std::count(input.begin(), input.end(), '\r'));
  const auto document = parse_yaml(input, std::string(kPath), "config_invalid");
  if (!document) {
    const std::string bad = error_is_bad(document.error(), lines);
    return bad.empty() ? "" : "parse_yaml: " + bad;
  }
  const auto config = read_settings(*document, std::string(kPath));
  const std::string bad = config ? config_is_bad(*config) : error_is_bad(config.error(), lines);
  return bad.empty() ? "" : "read_settings: " + bad;
}

}  // namespace smbatcher::test
