#include "libregistry/coordination/identity.h"

#include <set>

#include "libregistry/coordination/instance_id.h"
#include "libregistry/coordination/standing.h"
#include "libregistry/coordination/text_limits.h"
#include "libregistry/core/base/text.h"
#include "libregistry/core/fs/snapshot.h"

namespace smbatcher {
namespace {

constexpr std::size_t kLargestEnv = std::size_t{1} << 20U;

/// The ids that lines `CLAUDE_INSTANCE_ID=<id>` give, as an original's session start appends them.
std::set<std::string> ids_in(std::string_view text) {
  constexpr std::string_view kExport = "export ";
  constexpr std::string_view kName = "CLAUDE_INSTANCE_ID=";
  std::set<std::string> ids;
  while (!text.empty()) {
    const std::size_t length = std::min(text.find('\n'), text.size());
    std::string_view line = trim(text.substr(0, length));
    text.remove_prefix(std::min(length + 1, text.size()));
    line.remove_prefix(line.starts_with(kExport) ? kExport.size() : 0);
    if (!line.starts_with(kName)) {
      continue;
    }
    line.remove_prefix(kName.size());
    if (line.size() > 1 && (line.front() == '"' || line.front() == '\'') && line.back() == line.front()) {
      line = line.substr(1, line.size() - 2);
    }
    if (is_instance_id(line)) {
      ids.emplace(line);
    }
  }
  return ids;
}

Result<std::vector<std::string>> live_ids_of_folder(const Coordination& coordination) {
  const Result<std::string> text = read_file(coordination.ops, coordination.place.instance_env(), kLargestEnv);
  std::vector<std::string> live;
  StateFiles files = StateFiles::to_look(coordination);
  for (const std::string& id : text ? ids_in(*text) : std::set<std::string>{}) {
    SMB_TRY_ASSIGN(const Standing standing, standing_of(files, nullptr, id));
    if (standing.last_ping && !standing.is_gone(files.now().wall)) {
      live.push_back(id);
    }
  }
  return live;
}

}  // namespace

Result<std::string> identify(const Coordination& coordination, const IdentitySources& sources) {
  std::string id = sources.id.value_or(sources.environment);
  if (id.empty() && sources.session) {
    id = *sources.session;
  }
  if (!id.empty()) {
    return is_instance_id(id) ? Result<std::string>(id) : fail(invalid_instance_id(id));
  }
  SMB_TRY_ASSIGN(const auto live, live_ids_of_folder(coordination));
  if (live.size() == 1) {
    return live.front();
  }
  const std::string why =
      live.empty() ? "nothing says which instance this is"
                   : "'" + coordination.place.instance_env() + "' names " + counted(live.size(), "live instance");
  return fail(usage_error("no_instance", why + "; give --id, or set COORD_INSTANCE_ID to what "
                                               "`coord-instance register --task …` prints"));
}

}  // namespace smbatcher
