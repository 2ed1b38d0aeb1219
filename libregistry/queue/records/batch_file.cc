#include "libregistry/queue/records/batch_file.h"

#include <filesystem>
#include <utility>

#include "libregistry/core/base/ids.h"
#include "libregistry/core/fs/replace_file.h"
#include "libregistry/core/fs/rewrite.h"
#include "libregistry/core/fs/sharing.h"

namespace smbatcher {
namespace {

constexpr std::string_view kPrefix = "batch-";
constexpr std::string_view kEnding = ".md";

std::string labelled(std::string_view label, std::string_view text) {
  return std::string(label) + ":" + (text.empty() ? "" : " ") + on_one_line(text) + "\n";
}

Result<void> write_batch_file(FileOps& ops, const std::string& path, std::string_view bytes,
                              const std::optional<FileState>& model) {
  const ReplaceNames names = ReplaceNames::of(path);
  auto created = create_file(ops, names, bytes, kOpenMode, model);
  if (created) {
    return require_durable(*created, path);
  }
  if (created.error().reason != FailWord("already_exists")) {
    return fail(std::move(created).error());
  }
  SMB_TRY_ASSIGN(const FileSnapshot original, read_for_rewrite(ops, path, kLargestText));
  return rewrite(ops, names, original, bytes);
}

}  // namespace

std::string on_one_line(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool is_c1 = byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    line += byte < 0x20 || byte == 0x7F || is_c1 ? ' ' : text[i];
    i += is_c1 ? 1 : 0;
  }
  return line;
}

std::string batches_folder(const RegistryPaths& paths, const Config& config) {
  return paths.repository + "/" + config.batches_dir;
}

std::string batch_file_name(const std::string& id) { return std::string(kPrefix) + id + std::string(kEnding); }

std::string design_seed(const NewSite& site) {
  const std::string hash = content_hash(site.domain + "\n" + site.name + "\n" + site.theme);
  return hash.substr(hash.find(':') + 1, 8);
}

std::string render_site_lines(const NewSite& site) {
  return labelled("Name", site.name) + labelled("Theme", site.theme) + labelled("Description", site.description) +
         labelled("Design seed", design_seed(site));
}

std::string render_batch_file(const PlannedBatch& batch, WallTime created) {
  // The id is quoted: YAML readers would take 003 for the number 3.
  std::string text = "---\nbatch: \"" + batch.id + "\"\ncreated: " + format_time(created) + "\n---\n";
  for (const NewSite& site : batch.sites) {
    text += "\n## " + site.domain + "\n\n";
    text += render_site_lines(site);
  }
  return text;
}

Result<void> write_batch_files(FileOps& ops, const std::string& folder, const std::vector<PlannedBatch>& batches,
                               WallTime created, const std::string& registry) {
  for (const PlannedBatch& batch : batches) {
    if (!is_batch_id(batch.id)) {
      return fail(
          usage_error("invalid_batch", "'" + batch.id + "' is not a batch id: use letters, digits, '.', '_' and '-'"));
    }
  }
  SMB_TRY(make_shared_folder(ops, folder, folder_of(registry)));
  const auto model = model_at(ops, registry);
  for (const PlannedBatch& batch : batches) {
    SMB_TRY(write_batch_file(ops, folder + "/" + batch_file_name(batch.id), render_batch_file(batch, created), model));
  }
  return {};
}

std::string highest_batch_file(const std::string& folder) {
  std::string highest;
  std::error_code error;
  std::filesystem::directory_iterator entry(folder, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(kPrefix) || !name.ends_with(kEnding) || name.size() <= kPrefix.size() + kEnding.size()) {
      continue;
    }
    std::string id = name.substr(kPrefix.size(), name.size() - kPrefix.size() - kEnding.size());
    if (is_numeric(id) && is_batch_id(id) && (highest.empty() || batch_id_less(highest, id))) {
      highest = std::move(id);
    }
  }
  return highest;
}

}  // namespace smbatcher
