#include "libregistry/registry/text_hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace smbatcher {
namespace {

std::string named(XXH128_hash_t hash) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text = "xxh3:";
  for (const std::uint64_t half : {hash.high64, hash.low64}) {
    for (int shift = 60; shift >= 0; shift -= 4) {
      text += kHex[(half >> static_cast<unsigned>(shift)) & 0xFU];
    }
  }
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
