#include "libregistry/queue/verbs/enroll.h"

#include <algorithm>
#include <array>
#include <set>

#include "libregistry/core/base/text.h"
#include "libregistry/queue/verbs/rewinds.h"

namespace smbatcher {
namespace {

Result<void> check_new_sites(const std::vector<NewSite>& sites) {
  if (sites.empty()) {
    return fail(
        usage_error("no_sites", "name at least one site: --sites \"domain:Name:Description:Theme\", or --file"));
  }
  std::set<std::string> seen;
  for (const NewSite& site : sites) {
    if (!is_domain(site.domain)) {
      return fail(usage_error("invalid_domain", "'" + site.domain + "' is not a host name such as bakery.example")
                      .with("domain", site.domain));
    }
    if (!seen.insert(site.domain).second) {
      return fail(usage_error("duplicate_domain", "'" + site.domain + "' is named twice").with("domain", site.domain));
    }
  }
  return {};
}

/// The same caller's registration was the last change of all, and its rows are there.
bool is_own_repeat(const Draft& draft, const std::vector<NewSite>& sites, const Caller& caller) {
  const auto& last = draft.state().last;
  if (!caller.owner || !last || last->verb != "register" || last->owner != *caller.owner) {
    return false;
  }
  return std::all_of(sites.begin(), sites.end(), [&](const NewSite& site) {
    const Site* row = draft.registry().find(site.domain);
    return row != nullptr && row->status == Status::kRegistered &&
           std::find(last->domains.begin(), last->domains.end(), site.domain) != last->domains.end();
  });
}

std::vector<RowChange> new_rows(const std::vector<NewSite>& sites) {
  std::vector<RowChange> rows;
  rows.reserve(sites.size());
  for (const NewSite& site : sites) {
    rows.push_back({site.domain, std::nullopt, Status::kRegistered, "", std::nullopt});
  }
  return rows;
}

Answer registered(const std::vector<NewSite>& sites) {
  Answer answer;
  answer.status = Status::kRegistered;
  for (const NewSite& site : sites) {
    answer.sites.push_back(site.domain);
  }
  return answer;
}

/// What the sites say that the table has no column for: it is not written, and the caller should know.
std::vector<Warning> lost_texts(const Registry& registry, const std::vector<NewSite>& sites) {
  using Column = std::pair<const char*, std::string NewSite::*>;
  const std::array<Column, 3> columns{
      {{"Name", &NewSite::name}, {"Description", &NewSite::description}, {"Theme", &NewSite::theme}}};
  std::vector<std::string> missing;
  for (const auto& [title, field] : columns) {
    const bool filled =
        std::any_of(sites.begin(), sites.end(), [text = field](const NewSite& site) { return !(site.*text).empty(); });
    if (filled && !registry.has_column(to_lower(title))) {
      missing.emplace_back(title);
    }
  }
  if (missing.empty()) {
    return {};
  }
  return {{registry.document().path(), 0, "column_missing",
           "the last queue table has no column " + join(missing, ", ") +
               ": what the new sites have for it is not kept; add the column and fill it in"}};
}

std::string higher(const std::string& a, const std::string& b) {
  if (!is_numeric(b)) {
    return a;
  }
  return a.empty() || batch_id_less(a, b) ? b : a;
}

}  // namespace

Result<Answer> register_sites(Draft& draft, const std::vector<NewSite>& sites, const Caller& caller) {
  SMB_TRY(check_new_sites(sites));
  Answer answer = registered(sites);
  if (is_own_repeat(draft, sites, caller)) {
    answer.repeated = true;
    return answer;
  }
  SMB_TRY(draft.registry().check_may_grow());
  std::vector<std::string> known;
  for (const NewSite& site : sites) {
    if (draft.registry().find(site.domain) != nullptr) {
      known.push_back(site.domain);
    }
  }
  if (!known.empty()) {
    return fail(refused("already_registered", join(known, ", "), "none was added: leave these out and call again")
                    .with("sites", known));
  }
  for (const NewSite& site : sites) {
    draft.add(site);
  }
  answer.warnings = lost_texts(draft.registry(), sites);
  draft.describe("register", caller.name(), 0);
  return answer;
}

Result<Answer> preview_creation(const std::vector<NewSite>& sites) {
  SMB_TRY(check_new_sites(sites));
  Answer answer = registered(sites);
  answer.rows = new_rows(sites);
  return answer;
}

Result<Answer> make_batches(Draft& draft, const BatchRequest& request, const Caller& caller) {
  if (request.size == std::size_t{0}) {
    return fail(usage_error("invalid_argument", "a batch has at least one site: 'size' must not be 0"));
  }
  std::vector<std::size_t> eligible;
  if (request.domains.empty()) {
    for (std::size_t site = 0; site < draft.registry().sites().size(); ++site) {
      if (!draft.site(site).damaged && draft.status(site) == Status::kRegistered) {
        eligible.push_back(site);
      }
    }
  } else {
    SMB_TRY_ASSIGN(eligible, find_sites(draft, request.domains));
  }
  Answer answer;
  answer.from = Status::kRegistered;
  answer.status = Status::kBatched;
  const auto& last = draft.state().last;
  const bool own_last = caller.owner && last && last->verb == "batch" && last->owner == *caller.owner;
  const bool all_batched = std::all_of(eligible.begin(), eligible.end(),
                                       [&](std::size_t site) { return draft.status(site) == Status::kBatched; });
  if (own_last && all_batched) {
    for (const std::string& domain : request.domains.empty() ? last->domains : request.domains) {
      const Site* site = draft.registry().find(domain);
      if (site != nullptr &&
          std::find(answer.batches.begin(), answer.batches.end(), site->batch) == answer.batches.end()) {
        answer.batches.emplace_back(site->batch);
      }
      answer.sites.push_back(domain);
    }
    answer.repeated = true;
    return answer;
  }
  if (eligible.empty()) {
    return fail(refused("no_eligible_sites", "", "no site is at '-': smbatcher prepare-register adds some"));
  }
  for (const std::size_t site : eligible) {
    if (draft.status(site) != Status::kRegistered) {
      return fail(invalid_transition(draft.site(site).domain, draft.status(site), Status::kBatched));
    }
  }
  // A checkout of before they were in a batch: nothing else would tell that they are done.
  answer.warnings = describe_rewinds(draft, find_rewinds_elsewhere(draft, eligible));
  std::string id = higher(draft.state().highest_batch, draft.highest_batch_file());
  for (const auto& [batch, sites] : draft.registry().batches()) {
    id = higher(id, batch);
  }
  const std::size_t size = request.size.value_or(draft.policy().batch_size);
  std::vector<PlannedBatch> planned;
  for (std::size_t i = 0; i < eligible.size(); ++i) {
    if (i % size == 0) {
      id = next_batch_id(id);
      planned.push_back({id, {}});
      answer.batches.push_back(id);
    }
    draft.move(eligible[i], Status::kBatched);
    draft.set_batch(eligible[i], id);
    planned.back().sites.push_back(draft.registry().details(draft.site(eligible[i])));
    answer.sites.push_back(draft.site(eligible[i]).domain);
  }
  draft.describe("batch", caller.name(), 0);
  draft.plan_batch_files(std::move(planned));
  return answer;
}

}  // namespace smbatcher
