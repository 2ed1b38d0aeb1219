#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "libregistry/core/base/result.h"

namespace smbatcher {

/// The settings of `.smbatcher/config.yml`, every one with its default. Source: docs/configuration.md.
struct Config {
  std::chrono::seconds lease{7200};
  int max_attempts = 5;
  std::chrono::seconds retry_first{60};
  double retry_factor = 2;
  std::chrono::seconds retry_longest{3600};
  std::chrono::seconds lock_timeout{60};
  std::chrono::seconds clock_skew{60};
  std::map<std::string, std::string> columns;  // known column name in lower case -> the name in the table
  int batch_size = 5;
  std::string sites_dir = "sites";
  std::string batches_dir = ".smbatcher/batches";
  std::string design_file = "DESIGN.md";
  std::vector<std::string> design_required_headings{"Concept", "Palette",    "Typography",
                                                    "Layout",  "Components", "Content"};
  std::vector<std::string> outputs_required_files{"index.html", "styles.css"};
  std::vector<std::string> outputs_allowed_hosts;
  double similarity_threshold = 0.8;
  double metrics_min_completion = 0;
  double metrics_max_collision = 0.2;
  std::map<std::string, std::string> rules;  // rule id -> off | warn | error
};

/// Reads the file; an absent file is all defaults. Errors: kMalformed "config_invalid" with path:line, naming the
/// nearest known key for an unknown one and the expected type for a wrong one; kIo when it cannot be read.
Result<Config> load_config(const std::string& path);

}  // namespace smbatcher
