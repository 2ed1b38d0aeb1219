#include "libregistry/queue/document/markdown_tree.h"

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstdlib>
#include <cstring>
#include <vector>

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm-extension_api.h>

#include "libregistry/core/base/text.h"

namespace smbatcher {

/// Chunks of memory, handed out piece by piece. A piece that cmark-gfm gives back waits for the next of its size.
class ParseMemory {
 public:
  ParseMemory() = default;
  ParseMemory(const ParseMemory&) = delete;
  ParseMemory& operator=(const ParseMemory&) = delete;
  ~ParseMemory() {
    for (void* chunk : chunks_) {
      std::free(chunk);
    }
  }

  /// Beyond the limit, allocate() answers nullptr from now on; true while a text is parsed.
  void set_bounded(bool bounded) { bounded_ = bounded; }

  /// Zeroed memory; nullptr beyond the limit.
  void* allocate(std::size_t size) {
    const std::size_t units = (size + kUnit - 1) / kUnit + 1;  // one before it for its size
    if (units < free_.size() && free_[units] != nullptr) {
      Piece* piece = free_[units];
      free_[units] = piece->next;
      std::memset(piece + 1, 0, (units - 1) * kUnit);
      piece->units = units;
      return piece + 1;
    }
    if (units * kUnit > left_ && !add_chunk(units * kUnit)) {
      return nullptr;
    }
    auto* piece = ::new (at_) Piece{units, nullptr};
    at_ += units * kUnit;
    left_ -= units * kUnit;
    return piece + 1;
  }

  static std::size_t size_of(void* memory) { return ((static_cast<Piece*>(memory) - 1)->units - 1) * kUnit; }

  void release(void* memory) {
    if (Piece* piece = memory == nullptr ? nullptr : static_cast<Piece*>(memory) - 1;
        piece != nullptr && piece->units < free_.size()) {
      piece->next = free_[piece->units];
      free_[piece->units] = piece;
    }
  }

 private:
  static constexpr std::size_t kUnit = 16;
  static constexpr std::size_t kFirstChunk = std::size_t{16} * 1024;
  static constexpr std::size_t kLargestChunk = std::size_t{4} * 1024 * 1024;

  struct alignas(kUnit) Piece {
    std::size_t units;
    Piece* next;
  };
  static_assert(sizeof(Piece) == kUnit);

  bool add_chunk(std::size_t needed) {
    const std::size_t size = std::max(needed, std::clamp(total_, kFirstChunk, kLargestChunk));
    if (bounded_ && total_ + size > MarkdownTree::kMostMemory) {
      return false;
    }
    void* chunk = std::calloc(1, size);
    if (chunk == nullptr) {
      return false;
    }
    chunks_.push_back(chunk);
    total_ += size;
    at_ = static_cast<char*>(chunk);
    left_ = size;
    return true;
  }

  std::vector<void*> chunks_;
  std::size_t total_ = 0;
  bool bounded_ = true;
  char* at_ = nullptr;  // what is left of the newest chunk
  std::size_t left_ = 0;
  std::array<Piece*, 64> free_{};  // by units
};

namespace {

/// The parse that a thread is in. cmark-gfm's allocation functions are told nothing of who calls, and must not fail.
struct Parsing {
  ParseMemory* memory = nullptr;
  std::jmp_buf out_of_memory{};
};
thread_local Parsing parsing;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

// NOLINTBEGIN(cert-err52-cpp): cmark-gfm is C, and aborts when an allocation fails; it can only be left this way. It
// holds nothing but memory, all of it in `parsing.memory`.
void* take_or_leave(std::size_t size) {
  void* memory = parsing.memory->allocate(size);
  if (memory == nullptr) {
    std::longjmp(parsing.out_of_memory, 1);
  }
  return memory;
}

extern "C" {
static void* smb_calloc(std::size_t count, std::size_t size) { return take_or_leave(count * size); }
static void* smb_realloc(void* memory, std::size_t size) {
  if (memory != nullptr && ParseMemory::size_of(memory) >= size) {
    return memory;
  }
  void* larger = take_or_leave(size);
  if (memory != nullptr) {
    std::memcpy(larger, memory, ParseMemory::size_of(memory));
    parsing.memory->release(memory);
  }
  return larger;
}
static void smb_free(void* memory) { parsing.memory->release(memory); }
}

cmark_mem* parse_allocator() {
  static cmark_mem allocator{smb_calloc, smb_realloc, smb_free};
  return &allocator;
}

/// nullptr when the memory is not enough.
cmark_node* parse_in(ParseMemory& memory, std::string_view text) {
  cmark_gfm_core_extensions_ensure_registered();
  parsing.memory = &memory;
  cmark_node* volatile root = nullptr;
  if (setjmp(parsing.out_of_memory) == 0) {
    cmark_parser* parser = cmark_parser_new_with_mem(CMARK_OPT_FOOTNOTES, parse_allocator());
    for (const char* extension : {"table", "strikethrough", "autolink", "tagfilter", "tasklist"}) {
      cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension(extension));
    }
    cmark_parser_feed(parser, text.data(), text.size());
    root = cmark_parser_finish(parser);
  }
  parsing.memory = nullptr;
  memory.set_bounded(false);
  return root;
}
// NOLINTEND(cert-err52-cpp)

}  // namespace

Result<MarkdownTree> MarkdownTree::parse(std::string_view text, const std::string& path) {
  auto memory = std::make_unique<ParseMemory>();
  cmark_node* root = parse_in(*memory, text);
  if (root == nullptr) {
    return fail(
        malformed("document_too_complex", path,
                  "'" + path +
                      "' would take more than 384 MiB as a tree: it has too many cells, links or "
                      "nested blocks; move what does not belong to the queue, and finished rows, to another file"));
  }
  return MarkdownTree(std::move(memory), root);
}

MarkdownTree::Reading::Reading(ParseMemory& memory) { parsing.memory = &memory; }
MarkdownTree::Reading::~Reading() { parsing.memory = nullptr; }

MarkdownTree::MarkdownTree(std::unique_ptr<ParseMemory> memory, cmark_node* root)
    : memory_(std::move(memory)), root_(root) {}
MarkdownTree::MarkdownTree(MarkdownTree&&) noexcept = default;
MarkdownTree::~MarkdownTree() = default;

}  // namespace smbatcher
