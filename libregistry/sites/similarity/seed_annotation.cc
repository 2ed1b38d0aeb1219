#include "libregistry/sites/similarity/seed_annotation.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "libregistry/core/base/text.h"
#include "libregistry/core/base/text_hash.h"
#include "libregistry/core/fs/leftovers.h"
#include "libregistry/core/fs/rewrite.h"
#include "libregistry/queue/records/batch_file.h"

namespace smbatcher {
namespace {

struct BatchFile {
  std::string batch;
  std::string path;
  FileSnapshot original;
  std::size_t first = 0;  // of its sites among those of all files
  std::size_t count = 0;
};

struct BatchFiles {
  std::vector<BatchFile> files;
  std::vector<SiteNotes> notes;  // of all of them
};

Error no_batch_files(const std::string& path) {
  Error error = not_found("no_batch_files", "no batch file is at '" + path + "'; smbatcher prepare-batch writes them");
  error.where = path;
  return error;
}

/// True of a section that tells nothing of its site, and so has no line for ours to stand behind.
bool is_bare(const SiteNotes& notes) {
  return notes.site.name.empty() && notes.site.theme.empty() && notes.site.description.empty() &&
         notes.design_seed.empty();
}

Result<BatchFiles> read_batch_files(const QueueContext& queue, const Registry& registry) {
  BatchFiles all;
  const std::string folder = batches_folder(queue.paths, queue.config);
  for (const Batch& batch : registry.batches()) {
    BatchFile file{batch.id, folder + "/" + batch_file_name(batch.id), {}, all.notes.size(), 0};
    auto original = read_for_rewrite(*queue.ops, file.path, kLargestText);
    if (!original) {
      if (original.error().reason == ErrorWord("not_found")) {
        continue;
      }
      return fail(std::move(original).error());
    }
    file.original = std::move(*original);
    SMB_TRY_ASSIGN(std::vector<SiteNotes> notes, find_site_notes(file.original.bytes, file.path));
    std::erase_if(notes, [&registry](const SiteNotes& each) {
      return registry.find(each.site.domain) == nullptr || is_bare(each);
    });
    file.count = notes.size();
    all.notes.insert(all.notes.end(), std::make_move_iterator(notes.begin()), std::make_move_iterator(notes.end()));
    all.files.push_back(std::move(file));
  }
  return all.files.empty() ? fail(no_batch_files(folder)) : Result<BatchFiles>(std::move(all));
}

/// The batch that is meant; nothing where all are.
Result<std::string> find_wanted(const Registry& registry, const std::optional<std::string>& batch) {
  if (!batch) {
    return std::string();
  }
  const auto id = registry.resolve_batch(*batch);
  return id ? Result<std::string>(*id)
            : fail(not_found("batch_not_found", "no site is in batch '" + escape_control(*batch) + "'"));
}

Result<void> write_file(const QueueContext& queue, const BatchFile& file, const std::string& text,
                        std::vector<Warning>& warnings) {
  const std::string before = content_hash(file.original.bytes);
  const std::string after = content_hash(text);
  for (const bool is_done : {false, true}) {
    if (is_done) {
      SMB_TRY(rewrite(*queue.ops, ReplaceNames::of(file.path), file.original, text));
    }
    SMB_TRY_ASSIGN(std::vector<Warning> kept,
                   clear_leftovers(*queue.ops, file.path, {before, after, is_done ? after : before}));
    warnings.insert(warnings.end(), kept.begin(), kept.end());
  }
  return {};
}

AnnotatedSite annotated(const std::string& batch, const SiteNotes& notes, const std::optional<NearestSeed>& nearest,
                        const std::vector<SiteNotes>& all) {
  AnnotatedSite site{batch, notes.site.domain, notes.design_seed, {}, {}, 0, render_nearest(nearest, all)};
  if (nearest) {
    site.nearest = all[nearest->index].site.domain;
    site.nearest_seed = all[nearest->index].design_seed;
    site.score = nearest->score;
  }
  return site;
}

}  // namespace

Result<Annotation> annotate_seeds(const QueueContext& queue, const std::optional<std::string>& batch, bool dry_run) {
  std::optional<RegistryLock> lock;
  if (!dry_run) {
    SMB_TRY_ASSIGN(lock, RegistryLock::acquire(*queue.ops, queue.paths, LockDeadline(queue.lock_timeout), queue.holder,
                                               queue.clock->now()));
  }
  SMB_TRY_ASSIGN(const LoadedRegistry loaded, load_registry(*queue.ops, queue.paths, {&queue.config.columns, true}));
  SMB_TRY_ASSIGN(const std::string wanted, find_wanted(loaded.registry, batch));
  SMB_TRY_ASSIGN(const BatchFiles all, read_batch_files(queue, loaded.registry));
  if (!wanted.empty() && std::none_of(all.files.begin(), all.files.end(),
                                      [&wanted](const BatchFile& file) { return file.batch == wanted; })) {
    return fail(no_batch_files(batches_folder(queue.paths, queue.config) + "/" + batch_file_name(wanted)));
  }
  const auto nearest = nearest_seeds(all.notes);
  Annotation annotation;
  annotation.warnings = loaded.registry.damages();
  for (const BatchFile& file : all.files) {
    if (!wanted.empty() && file.batch != wanted) {
      continue;
    }
    std::vector<SeedLine> lines;
    for (std::size_t i = file.first; i < file.first + file.count; ++i) {
      annotation.sites.push_back(annotated(file.batch, all.notes[i], nearest[i], all.notes));
      lines.push_back({&all.notes[i], annotation.sites.back().line});
    }
    const std::string text = with_seed_lines(file.original.bytes, lines);
    if (text == file.original.bytes) {
      continue;
    }
    annotation.files.push_back(file.path);
    if (!dry_run) {
      SMB_TRY(write_file(queue, file, text, annotation.warnings));
    }
  }
  return annotation;
}

}  // namespace smbatcher
