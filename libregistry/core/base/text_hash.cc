#include "libregistry/core/base/text_hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "libregistry/core/base/ascii.h"

namespace smbatcher {
namespace {

std::string named(XXH128_hash_t hash) {
  std::string text = "xxh3:";
  append_hex(text, hash.high64, 16);
  append_hex(text, hash.low64, 16);
  return text;
}

}  // namespace

std::uint64_t text_hash(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

std::string content_hash(const Pieces& text) {
  if (text.end() - text.begin() == 1) {
    return named(XXH3_128bits(text.begin()->data(), text.begin()->size()));
  }
  ContentHash hash;
  for (const std::string_view piece : text) {
    hash.add(piece);
  }
  return hash.name();
}

struct ContentHash::State {
  XXH3_state_t xxh3;
};

ContentHash::ContentHash() : state_(std::make_unique<State>()) { XXH3_128bits_reset(&state_->xxh3); }
ContentHash::~ContentHash() = default;
void ContentHash::add(std::string_view part) { XXH3_128bits_update(&state_->xxh3, part.data(), part.size()); }
std::string ContentHash::name() const { return named(XXH3_128bits_digest(&state_->xxh3)); }

}  // namespace smbatcher
