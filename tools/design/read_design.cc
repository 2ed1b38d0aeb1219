#include "libregistry/core/base/text.h"
#include "libregistry/sites/designs/design_document.h"
#include "tools/queue/open_queue.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

Json sections_json(const std::vector<DocumentSection>& sections) {
  JsonArray json;
  for (const DocumentSection& section : sections) {
    json.push_back(JsonObject{{"heading", section.heading},
                              {"level", section.level},
                              {"line", static_cast<std::uint64_t>(section.line)},
                              {"text", section.text}});
  }
  return json;
}

struct ReadDesign {
  static constexpr std::string_view kSummary = "print a design, a section of it or its front matter";
  static constexpr Effect kEffect = Effect::kReads;
  std::optional<std::string> domain;
  std::optional<std::string> path;
  std::optional<std::string> section;
  std::optional<std::string> root;
  bool front_matter = false;

  void declare(OptionSet& options) {
    options.positional("DOMAIN", domain, "the site whose design is read").excludes("--path");
    options.text("--path FILE", path, "this document instead");
    options.text("--section NAME", section, "only what stands below this heading").excludes("--front-matter");
    options.flag("--front-matter", front_matter, "only the front matter");
    options.text("--root DIR", root, "the folder that the sites' folder is in, where it is not the work tree");
    options.example("smbatcher read-design bakery.example --section Palette", "one section, as it is written");
    options.example("smbatcher read-design bakery.example --format json", "front matter and sections for a program");
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY_ASSIGN(const DesignDocument design, read(context));
    Outcome outcome = Outcome::ok("design", domain ? to_lower(*domain) : *path);
    if (domain) {
      outcome.add("domain", to_lower(*domain));
    }
    outcome.add("path", design.path);
    if (!section) {
      outcome.add("front_matter", to_json(design.fields.all));
    }
    if (front_matter) {
      return print(std::move(outcome), design.front_text());
    }
    if (!section) {
      outcome.add("sections", sections_json(design.sections));
      return print(std::move(outcome), design.bytes);
    }
    const std::vector<DocumentSection> found = design.section(*section);
    if (found.empty()) {
      return fail(no_section(design));
    }
    outcome.add("sections", sections_json(found));
    return print(std::move(outcome), design.text_of(found));
  }

 private:
  Result<DesignDocument> read(const Context& context) const {
    if (path) {
      return read_design(context.ops, *path);
    }
    if (!domain) {
      return fail(usage_error("missing_argument", "name a site, or a document with --path FILE"));
    }
    SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context, {{}, root, false}));
    return read_site_design(context.ops, queue.paths, queue.config, to_lower(*domain));
  }

  /// The text form has the document's own text, to the byte but for a missing last line end.
  static Outcome print(Outcome outcome, std::string_view text) {
    outcome.block(text);
    if (!text.empty() && text.back() != '\n') {
      outcome.block("\n");
    }
    return outcome;
  }

  Error no_section(const DesignDocument& design) const {
    std::vector<std::string> headings;
    for (const DocumentSection& each : design.sections) {
      if (each.level > 0) {
        headings.push_back(each.heading);
      }
    }
    const std::string near = nearest(*section, headings);
    return refused("section_not_found", *section,
                   "'" + design.path + "' has no such heading" +
                       (near.empty() ? std::string() : "; did you mean '" + near + "'?") +
                       (headings.empty() ? "; it has none" : "; it has: " + join(headings, ", ")))
        .with("headings", headings)
        .with("path", design.path);
  }
};

}  // namespace

int read_design_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<ReadDesign>(self, argc, argv);
}

}  // namespace smbatcher
