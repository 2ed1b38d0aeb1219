#include "tools/queue/phase_check.h"

#include "libregistry/designs/design_check.h"
#include "libregistry/designs/outputs_check.h"

namespace smbatcher {

Result<std::vector<std::string>> phase_lacks(const Queue& queue, Phase phase, const std::string& domain) {
  SMB_TRY_ASSIGN(const std::string folder, site_folder(queue.paths, queue.config, domain));
  if (phase == Phase::kImplement) {
    return missing_outputs(folder, queue.config.outputs_required_files);
  }
  SMB_TRY_ASSIGN(const DesignCheck check, check_headings(*queue.ops, folder + "/" + queue.config.design_file,
                                                         queue.config.design_required_headings));
  return check.missing;
}

std::string lack_of(Phase phase) {
  if (phase == Phase::kDesign) {
    return "missing_headings";
  }
  return "missing_files";
}

}  // namespace smbatcher
