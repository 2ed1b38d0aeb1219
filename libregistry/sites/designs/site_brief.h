#pragma once

#include <string>

#include "libregistry/core/config/config.h"
#include "libregistry/sites/designs/batch_notes.h"
#include "libregistry/sites/designs/design_document.h"

namespace smbatcher {

// Briefs: what an agent is told of one site. Source: docs/site-files.md, "Briefs".

/// What both phases tell.
struct BriefFacts {
  std::string domain;
  std::string batch;
  std::string folder;  // the site's, absolute
  std::string design;  // the design document, absolute
};

std::string render_design_brief(const BriefFacts& facts, const SiteNotes& notes, const Config& config);

/// The front matter and the body of the design stand in it as they are in the document.
std::string render_implement_brief(const BriefFacts& facts, const SiteNotes& notes, const DesignDocument& design,
                                   const Config& config);

}  // namespace smbatcher
