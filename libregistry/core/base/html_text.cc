#include "libregistry/core/base/html_text.h"

namespace smbatcher {

std::string html_text(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        shown += "&amp;";
        break;
      case '<':
        shown += "&lt;";
        break;
      case '>':
        shown += "&gt;";
        break;
      case '"':
        shown += "&quot;";
        break;
      case '\'':
        shown += "&#39;";
        break;
      default:
        shown += static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? ' ' : c;
    }
  }
  return shown;
}

}  // namespace smbatcher
