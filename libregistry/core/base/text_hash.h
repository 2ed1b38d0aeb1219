#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "libregistry/core/base/pieces.h"

namespace smbatcher {

/// A fast hash (XXH3, 64 bits) for tables in memory; the same on every machine and in every run.
std::uint64_t text_hash(std::string_view text);

/// content_hash() of a text that is handed over part by part.
class ContentHash {
 public:
  ContentHash();
  ContentHash(const ContentHash&) = delete;
  ContentHash& operator=(const ContentHash&) = delete;
  ~ContentHash();
  void add(std::string_view part);
  std::string name() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The hash that history lines name a registry's bytes by: "xxh3:" and 32 hex digits (XXH3, 128 bits).
std::string content_hash(const Pieces& text);

}  // namespace smbatcher
