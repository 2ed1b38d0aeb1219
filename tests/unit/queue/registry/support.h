#pragma once

#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libregistry/queue/registry/registry.h"

namespace smbatcher::test {

inline Registry parsed(std::string text, const std::map<std::string, std::string>& columns = {}) {
  auto registry = Registry::parse(std::move(text), "REGISTRY.md", columns);
  if (!registry) {
    ADD_FAILURE() << registry.error().message;
    std::abort();
  }
  return std::move(*registry);
}

/// The text after one status change, or the error's reason.
inline std::string with_status(const std::string& text, const std::string& domain, Status status) {
  const Registry registry = parsed(text);
  const auto after = registry.with_changes({{registry.index_of(domain).value(), status, std::nullopt}}, {});
  return after ? *after : after.error().reason.text();
}

inline std::string with_sites(const std::string& text, const std::vector<NewSite>& sites) {
  const auto after = parsed(text).with_changes({}, sites);
  return after ? *after : after.error().reason.text() + ": " + after.error().message;
}

}  // namespace smbatcher::test
