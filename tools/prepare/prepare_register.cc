#include <cerrno>

#include "libregistry/claims/enroll.h"
#include "libregistry/designs/site_list.h"
#include "tools/queue/open_queue.h"
#include "tools/queue/report.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct PrepareRegister {
  static constexpr std::string_view kName = "prepare-register";
  std::vector<std::string> sites;
  std::vector<std::string> files;
  WriteOptions write;

  void declare(OptionSet& options) {
    options.list("--sites TEXT", sites, "a site as domain:Name:Description:Theme, \\: for a colon");
    options.list("--file PATH", files, "a list of sites, by its ending: .csv, .yaml, .json");
    write.declare(options);
    options.example("smbatcher prepare-register --sites 'bakery.example:Bakery:Family bakery:warm'",
                    "add a site; creates the registry if there is none");
    options.example("smbatcher prepare-register --file sites.csv", "add a list; all or none");
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY_ASSIGN(const auto owner, write.named_owner());
    SMB_TRY_ASSIGN(const std::vector<NewSite> added, read_sites(context.ops));
    SMB_TRY_ASSIGN(const Queue queue, open_queue(context, {owner, {}, true}));
    const Caller caller{std::nullopt, owner, false, {}};
    SMB_TRY_ASSIGN(Answer answer, enroll(queue, added, caller));
    return tell(queue, write, std::move(answer),
                [](const Answer& done) { return Outcome::ok("registered", std::to_string(done.sites.size())); });
  }

 private:
  /// Into the registry that is there, else into a new one.
  Result<Answer> enroll(const Queue& queue, const std::vector<NewSite>& added, const Caller& caller) const {
    const Verb verb = [&](Draft& draft) { return register_sites(draft, added, caller); };
    struct stat status {};
    const bool begun = queue.ops->stat(queue.paths.registry, &status) == 0 || errno != ENOENT ||
                       queue.ops->stat(queue.paths.history, &status) == 0;
    Result<Answer> answer;
    if (begun) {
      answer = write.dry_run ? preview(queue, verb) : change(queue, verb);
      if (answer || answer.error().reason != "registry_not_found") {
        return answer;
      }
    }
    answer = write.dry_run ? preview_creation(added) : create_registry(queue, added, caller);
    return !answer && answer.error().reason == "already_exists" ? change(queue, verb) : answer;
  }

  Result<std::vector<NewSite>> read_sites(FileOps& ops) const {
    std::vector<NewSite> all;
    for (const std::string& text : sites) {
      SMB_TRY_ASSIGN(NewSite site, parse_site_text(text));
      all.push_back(std::move(site));
    }
    for (const std::string& path : files) {
      SMB_TRY_ASSIGN(const std::vector<NewSite> listed, read_site_file(ops, path));
      all.insert(all.end(), listed.begin(), listed.end());
    }
    return all;
  }
};

}  // namespace
}  // namespace smbatcher

int main(int argc, char** argv) { return smbatcher::run_tool<smbatcher::PrepareRegister>(argc, argv); }
