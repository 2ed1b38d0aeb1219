#include <unistd.h>

#include <charconv>

#include "libregistry/core/base/ids.h"
#include "libregistry/core/base/text.h"
#include "libregistry/core/fs/descriptor.h"
#include "tools/queue/environment.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

constexpr std::size_t kLongestList = std::size_t{8} << 20U;

/// Appends the domains of a text: one a line, or separated by blanks or commas.
Result<void> add_sites(std::string_view text, std::vector<std::string>& sites) {
  constexpr std::string_view kSeparators = " \t\r\n,";
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(kSeparators), text.size()));
    if (text.empty()) {
      return {};
    }
    const std::size_t end = std::min(text.find_first_of(kSeparators), text.size());
    std::string domain = to_lower(text.substr(0, end));
    // They become a part of somebody's shell commands, so nothing but a domain passes.
    if (!is_domain(domain)) {
      return fail(usage_error("invalid_domain", "'" + escape_control(domain) +
                                                    "' in the list of sites is not a host name "
                                                    "such as bakery.example"));
    }
    sites.push_back(std::move(domain));
    text.remove_prefix(end);
  }
}

struct CiDryRunLimitSites {
  static constexpr std::string_view kSummary = "cut the list of sites of a CI dry run";
  static constexpr Effect kEffect = Effect::kReads;
  std::optional<std::uint64_t> limit;
  std::vector<std::string> words;

  void declare(OptionSet& options) {
    options.number("--limit N", limit, "keep the first N sites; else SITE_LIMIT, else all");
    options.positionals("DOMAIN", words, "the sites; else standard input, one a line or separated by blanks or commas");
    options.example("smbatcher ci-dry-run-limit-sites --limit 2 a.example b.example c.example",
                    "the first two; appends them to GITHUB_OUTPUT where that is set");
    options.example("smbatcher find-next --mode sites --format simple | SITE_LIMIT=3 smbatcher ci-dry-run-limit-sites",
                    "at most three of the next sites");
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY_ASSIGN(const std::optional<std::uint64_t> most, wanted_limit());
    SMB_TRY_ASSIGN(std::vector<std::string> sites, listed(context.ops));
    const std::size_t total = sites.size();
    if (most && *most < total) {
      sites.resize(static_cast<std::size_t>(*most));
    }
    SMB_TRY(add_github_output(context.ops, "sites", join(sites, " ")));
    Outcome outcome = sites.empty() ? Outcome::ok("empty") : Outcome::ok("limited", std::to_string(sites.size()));
    for (const std::string& site : sites) {
      outcome.line(site);
    }
    outcome.add("sites", sites).add("total", static_cast<std::uint64_t>(total));
    if (most) {
      outcome.add("limit", *most);
    }
    return outcome;
  }

 private:
  Result<std::optional<std::uint64_t>> wanted_limit() const {
    const auto variable = environment_value("SITE_LIMIT");
    if (limit || !variable) {
      return limit;
    }
    std::uint64_t number = 0;
    const char* const end = variable->data() + variable->size();
    const auto [stopped, error] = std::from_chars(variable->data(), end, number);
    if (error != std::errc() || stopped != end) {
      return fail(usage_error("invalid_argument", "SITE_LIMIT is '" + escape_control(*variable) +
                                                      "', which is not a whole number from 0 to 18446744073709551615"));
    }
    return std::optional(number);
  }

  Result<std::vector<std::string>> listed(FileOps& ops) const {
    std::vector<std::string> sites;
    if (words.empty()) {
      if (::isatty(STDIN_FILENO) == 1) {
        return fail(usage_error("missing_argument", "name sites, or pipe a list of them in"));
      }
      std::string text;
      if (const int error_number = read_all(ops, STDIN_FILENO, kLongestList, text); error_number != 0) {
        return fail(io_error("cannot read standard input", error_number));
      }
      if (text.size() > kLongestList) {
        return fail(file_too_large("standard input", kLongestList));
      }
      SMB_TRY(add_sites(text, sites));
    }
    for (const std::string& word : words) {
      SMB_TRY(add_sites(word, sites));
    }
    return sites;
  }
};

}  // namespace

int ci_dry_run_limit_sites_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<CiDryRunLimitSites>(self, argc, argv);
}

}  // namespace smbatcher
