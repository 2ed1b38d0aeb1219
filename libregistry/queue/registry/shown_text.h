#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "libregistry/queue/document/document.h"
#include "libregistry/queue/registry/status.h"

namespace smbatcher {

/// A cell's text as a sentence quotes it: shortened, and with the code points that a reader may not see, or take for
/// another letter, as in "'О' (with U+041E)".
std::string quote_cell(std::string_view text);

/// What Status cells show. A decorated one ("**O**") is looked up in cmark-gfm once for each way to write it.
class ShownStatuses {
 public:
  explicit ShownStatuses(const Document& document) : document_(document) {}

  /// Of a cell with this content; nullopt when it shows none, or is too long for one: a long text would be looked
  /// through for its letter for a long time.
  std::optional<Status> of(std::string_view content);

 private:
  const Document& document_;
  std::map<std::string, std::optional<Status>, std::less<>> decorated_;
};

}  // namespace smbatcher
