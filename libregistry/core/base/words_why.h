#pragma once

#include <array>

#include "libregistry/core/base/word_row.h"

namespace smbatcher {

/// Why there is no work: the key `why` of `no_work_found` and `not_ready`.
inline constexpr auto kWhyWords = std::to_array<WordRow>({
    {"all_done", "", "every site is past the phase", "nothing: the work is finished"},
    {"all_held", "", "live claims of others hold the work", "wait (`--wait 5m`), or ask again after `retry_after_s`"},
    {"behind", "", "the sites have not reached the phase",
     "the message names the phase or the command that comes before"},
    {"buried", "", "the sites are buried", "`status` says why; `kick` takes them up again"},
    {"damaged", "", "rows are damaged, or may hide work", "fix the rows that `check-registry` lists"},
    {"delayed", "", "the sites wait for their next attempt", "wait (`--wait 5m`), or ask again after `retry_after_s`"},
    {"empty", "", "there are no sites", "`prepare-register` adds some"},
    {"given_up", "",
     "so many claims of the batch [ended before a site was begun](claims-and-leases.md#attempts) that a person must "
     "look",
     "`status` says why, then `kick --batch ID`"},
    {"to_lock", "", "the designs of the batch are not closed yet", "`lock ID`, or claim with `--start`"},
});

}  // namespace smbatcher
