#include "libregistry/sites/designs/site_brief.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "libregistry/core/base/text.h"
#include "libregistry/queue/registry/status.h"

namespace smbatcher {
namespace {

/// A path or a command: an indented code block shows it as it is.
std::string code(const std::string& text) { return "\n    " + escape_control(text) + "\n"; }

std::string list(const std::vector<std::string>& items) {
  std::string text = "\n";
  for (const std::string& item : items) {
    text += "- " + escape_control(item) + "\n";
  }
  return text;
}

/// `text` in a fenced block that nothing in it ends.
std::string fenced(std::string_view text) {
  std::size_t longest = 2;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(longest + 1, '`');
  const bool has_end = text.empty() || text.ends_with('\n') || text.ends_with('\r');
  return "\n" + fence + "yaml\n" + std::string(text) + (has_end ? "" : "\n") + fence + "\n";
}

std::string begun(const BriefFacts& facts, const SiteNotes& notes, Phase phase, std::string_view what) {
  return "# " + std::string(what) + " " + facts.domain + "\n\nBatch " + facts.batch + ", phase " +
         std::string(rule_of(phase).name) + ". This file is written anew by each preparation: keep notes elsewhere.\n" +
         "\n## What is known\n\n" + notes.text + (notes.text.ends_with('\n') ? "" : "\n");
}

std::string finish(const BriefFacts& facts, Phase phase) {
  return "\n## When it is done\n\nAn agent that a worker runs ends with exit status 0. Everybody else calls, with the "
         "token of the claim,\n" +
         code("smbatcher " + std::string(rule_of(phase).name) + "-complete " + facts.domain + " --token N");
}

}  // namespace

std::string render_design_brief(const BriefFacts& facts, const SiteNotes& notes, const Config& config) {
  return begun(facts, notes, Phase::kDesign, "Design") + "\n## What to write\n\nThe design document:\n" +
         code(facts.design) +
         "\nThese headings must be in it, at any level, each with text below it; one with only a comment is "
         "missing:\n" +
         list(config.design_required_headings) +
         "\nIts front matter is YAML. A colour needs quotes, since '#' begins a comment:\n" +
         fenced(
             "palette: {background: \"#f4ede4\", text: \"#2e2622\"}\nfonts: [Source Serif 4, sans-serif]\n"
             "layout: one column\ntheme: clay\n") +
         finish(facts, Phase::kDesign);
}

std::string render_implement_brief(const BriefFacts& facts, const SiteNotes& notes, const DesignDocument& design,
                                   const Config& config) {
  const std::vector<std::string>& hosts = config.outputs_allowed_hosts;
  std::string text = begun(facts, notes, Phase::kImplement, "Implement") +
                     "\n## What to write\n\nThe site that its design describes, in this folder:\n" +
                     code(facts.folder) + "\nThese files must be there and not empty:\n" +
                     list(config.outputs_required_files) +
                     (hosts.empty() ? "\nNothing is loaded from another host.\n"
                                    : "\nBesides its own, a page may load from these hosts only:\n" + list(hosts)) +
                     finish(facts, Phase::kImplement) + "\n## The design\n\nThe document is\n" + code(facts.design);
  if (design.front.present()) {
    text += "\nIts front matter:\n" + fenced(design.front_text());
  }
  text += "\nIts text, to the end of this file:\n\n";
  return text.append(design.body());
}

}  // namespace smbatcher
