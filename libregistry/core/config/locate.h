#pragma once

#include <optional>
#include <string>

#include "libregistry/core/base/result.h"

namespace smbatcher {

/// Where a registry is and what lies beside it. Source: docs/registry-format.md, "Where it is found" and
/// docs/claims-and-leases.md, "Files".
struct RegistryPaths {
  std::string registry;        // symbolic links resolved: the file that is replaced
  std::string folder;          // its folder; the lock lies here, and what is under way
  std::string lock;            // REGISTRY.lock, or --lock-file
  std::string state;           // state/, or .smbatcher-state/ in a folder that is not .smbatcher/; ignores itself
  std::string history;         // history.jsonl in it
  std::string claims;          // claims/ in it
  std::string former_history;  // where former versions had both: beside the registry
  std::string former_claims;
  std::string config;      // config.yml
  std::string gitignore;   // .gitignore of the folder
  std::string repository;  // the folder that holds .smbatcher/: batch files lie relative to it
  std::string work_tree;   // the tree where the caller stands: sites lie relative to it
  std::string passed;      // of an outer registry: the git repository where the caller stands, which the walk upwards
                           // has left; empty otherwise
};

struct LocateRequest {
  std::optional<std::string> registry;   // --registry
  std::optional<std::string> lock_file;  // --lock-file
  std::optional<std::string> root;       // --root: overrides work_tree
  std::string environment;               // SMBATCHER_REGISTRY, empty when unset
  std::string working_directory;         // may be empty where needs_working_directory() is false
  bool may_create = false;               // prepare-register: a place for a new registry is an answer, too
};

/// False when every path of the request is absolute.
bool needs_working_directory(const LocateRequest& request);

/// --registry, else SMBATCHER_REGISTRY, else the first folder with `.smbatcher/` from the working directory upwards; in
/// a linked git work tree, the main checkout's.
///
/// Errors: kNotFound "registry_not_found" naming the folders searched (or who named the path) and how to begin, or how
/// git brings back what it tracks. Of a registry that nobody named also: kUsage "no_main_checkout" where there is no
/// checkout to keep it, kUsage "foreign_registry" for another user's, those of find_git_place(); kIo for a dangling
/// link. A registry that is absent while its folder has a history is not an error here: git unlinks and creates, so the
/// reader looks again.
Result<RegistryPaths> locate_registry(const LocateRequest& request);

/// Where git tracks a registry that is absent: says so, and how it comes back. Empty otherwise.
std::string way_back(const RegistryPaths& paths);

/// The names beside the registry at `path` (links resolved already).
RegistryPaths paths_beside(const std::string& path);

}  // namespace smbatcher
