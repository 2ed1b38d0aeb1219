#include "tools/queue/phase_check.h"

#include "libregistry/sites/designs/design_check.h"
#include "libregistry/sites/designs/outputs_check.h"
#include "tools/queue/answer_fields.h"

namespace smbatcher {

Result<std::vector<std::string>> phase_lacks(const QueueContext& queue, Phase phase, const std::string& domain) {
  SMB_TRY_ASSIGN(const std::string folder, site_folder(queue.paths, queue.config, domain));
  if (phase == Phase::kImplement) {
    return missing_outputs(folder, queue.config.outputs_required_files);
  }
  SMB_TRY_ASSIGN(const DesignCheck check, check_headings(*queue.ops, folder + "/" + queue.config.design_file,
                                                         queue.config.design_required_headings));
  return check.missing;
}

FailWord lack_of(Phase phase) {
  return phase == Phase::kDesign ? FailWord("missing_headings") : FailWord("missing_files");
}

namespace {

std::string missing_headings(const std::string& design, const std::vector<std::string>& headings) {
  return "missing in " + design + ": " + join(headings, ", ");
}

}  // namespace

Result<Lacking> lacking_of(const QueueContext& queue, Phase phase, const Lacks& lacks) {
  Lacking lacking;
  for (const auto& [domain, names] : lacks) {
    SMB_TRY_ASSIGN(const std::string folder, site_folder(queue.paths, queue.config, domain));
    if (phase == Phase::kDesign) {
      const std::string design = folder + "/" + queue.config.design_file;
      for (const std::string& heading : names) {
        lacking.json.push_back(field::kLack.print(domain, design, heading));
      }
      lacking.lines.push_back(missing_headings(design, names));
      continue;
    }
    std::vector<std::string> paths;
    for (const std::string& name : names) {
      paths.emplace_back(folder).append("/").append(name);
      lacking.json.push_back(field::kLack.print(domain, paths.back(), {}));
    }
    lacking.lines.push_back("missing: " + join(paths, ", "));
  }
  return lacking;
}

}  // namespace smbatcher
