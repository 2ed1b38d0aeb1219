#include "libregistry/sites/whole/file_tree.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>

#include "libregistry/core/base/text.h"

namespace smbatcher {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostEntries = 100'000;

struct Ending {
  std::string_view ending;
  std::string_view kind;
  std::string_view content_type;
};

constexpr auto kEndings = std::to_array<Ending>({
    {".html", "page", "text/html; charset=utf-8"},
    {".htm", "page", "text/html; charset=utf-8"},
    {".css", "style sheet", "text/css; charset=utf-8"},
    {".js", "script", "text/javascript; charset=utf-8"},
    {".mjs", "script", "text/javascript; charset=utf-8"},
    {".wasm", "script", "application/wasm"},
    {".png", "image", "image/png"},
    {".jpg", "image", "image/jpeg"},
    {".jpeg", "image", "image/jpeg"},
    {".gif", "image", "image/gif"},
    {".webp", "image", "image/webp"},
    {".avif", "image", "image/avif"},
    {".svg", "image", "image/svg+xml"},
    {".apng", "image", "image/apng"},
    {".bmp", "image", "image/bmp"},
    {".ico", "image", "image/x-icon"},
    {".woff2", "font", "font/woff2"},
    {".woff", "font", "font/woff"},
    {".ttf", "font", "font/ttf"},
    {".otf", "font", "font/otf"},
    {".mp4", "media", "video/mp4"},
    {".webm", "media", "video/webm"},
    {".mp3", "media", "audio/mpeg"},
    {".ogg", "media", "audio/ogg"},
    {".m4v", "media", "video/mp4"},
    {".mov", "media", "video/quicktime"},
    {".ogv", "media", "video/ogg"},
    {".m4a", "media", "audio/mp4"},
    {".aac", "media", "audio/aac"},
    {".oga", "media", "audio/ogg"},
    {".opus", "media", "audio/ogg"},
    {".wav", "media", "audio/wav"},
    {".flac", "media", "audio/flac"},
    {".vtt", "media", "text/vtt; charset=utf-8"},
    {".json", "data", "application/json"},
    {".map", "data", "application/json"},
    {".webmanifest", "data", "application/manifest+json"},
    {".jsonld", "data", "application/ld+json"},
    {".geojson", "data", "application/geo+json"},
    {".rss", "data", "application/rss+xml"},
    {".atom", "data", "application/atom+xml"},
    {".zip", "data", "application/zip"},
    {".gz", "data", "application/gzip"},
    {".xhtml", "data", "application/xhtml+xml"},
    {".xml", "data", "application/xml"},
    {".pdf", "data", "application/pdf"},
    {".csv", "data", "text/csv; charset=utf-8"},
    {".md", "text", "text/markdown; charset=utf-8"},
    {".txt", "text", "text/plain; charset=utf-8"},
});

const Ending* ending_of(std::string_view name) {
  const std::string lower = to_lower(name);
  const auto* const found = std::find_if(kEndings.begin(), kEndings.end(),
                                         [&lower](const Ending& each) { return lower.ends_with(each.ending); });
  return found == kEndings.end() ? nullptr : found;
}

Error no_folder(const std::string& folder) {
  Error error = not_found("directory_not_found", "no folder is at '" + escape_control(folder) + "'");
  error.details = folder;
  error.where = folder;
  return error;
}

Error cannot_read(const fs::path& folder, const std::error_code& error) {
  Error fault = io_error("cannot read the folder '" + escape_control(folder.string()) + "'", error.value());
  fault.where = folder.string();
  return fault;
}

class Walk {
 public:
  explicit Walk(fs::path root) : root_(std::move(root)) {}

  Result<void> into(const fs::path& folder, const std::string& prefix) {
    std::error_code error;
    std::vector<fs::directory_entry> inside;
    fs::directory_iterator each(folder, error);
    for (; !error && each != fs::directory_iterator(); each.increment(error)) {
      inside.push_back(*each);
      if (inside.size() + entries_.size() > kMostEntries) {
        return fail(malformed("too_many_files", root_.string(),
                              "'" + escape_control(root_.string()) + "' holds more than " +
                                  std::to_string(kMostEntries) + " files: name a folder inside it"));
      }
    }
    if (error) {
      return fail(cannot_read(folder, error));
    }
    std::sort(inside.begin(), inside.end(),
              [](const auto& a, const auto& b) { return a.path().filename() < b.path().filename(); });
    for (const fs::directory_entry& entry : inside) {
      SMB_TRY(add(entry, prefix + entry.path().filename().string()));
    }
    return {};
  }

  std::vector<FileTreeEntry> take() { return std::move(entries_); }

 private:
  Result<void> add(const fs::directory_entry& entry, std::string path) {
    std::error_code error;
    FileTreeEntry found;
    found.path = std::move(path);
    if (entry.is_symlink(error)) {
      found.kind = FileTreeEntry::Kind::kLink;
      found.target = fs::read_symlink(entry.path(), error).string();
      const fs::path resolved = fs::canonical(entry.path(), error);
      found.leads_out = error || !is_inside(resolved);
    } else if (entry.is_directory(error)) {
      found.kind = FileTreeEntry::Kind::kFolder;
      entries_.push_back(found);
      return into(entry.path(), found.path + "/");
    } else if (entry.is_regular_file(error)) {
      found.size = entry.file_size(error);
    } else {
      found.kind = FileTreeEntry::Kind::kOther;
    }
    entries_.push_back(std::move(found));
    return {};
  }

  bool is_inside(const fs::path& path) const {
    return path == root_ || path.string().starts_with(root_ == "/" ? "/" : root_.string() + "/");
  }

  fs::path root_;
  std::vector<FileTreeEntry> entries_;
};

}  // namespace

Result<std::vector<FileTreeEntry>> list_tree(const std::string& folder) {
  std::error_code error;
  const fs::path root = fs::canonical(folder, error);
  if (error || !fs::is_directory(root, error)) {
    return fail(no_folder(folder));
  }
  Walk walk(root);
  SMB_TRY(walk.into(root, ""));
  return walk.take();
}

std::string_view kind_of_file(std::string_view name) {
  const Ending* const found = ending_of(name);
  return found == nullptr ? "other" : found->kind;
}

std::string_view content_type_of(std::string_view name) {
  const Ending* const found = ending_of(name);
  return found == nullptr ? "application/octet-stream" : found->content_type;
}

}  // namespace smbatcher
