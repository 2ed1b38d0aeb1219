#include "libregistry/sites/whole/preview_request.h"
#include "tests/fuzz/target.h"

// What a browser, or anybody, sends to `serve`.
namespace smbatcher::test {

std::string broken_promise(std::string_view input) {
  for (const bool loopback : {true, false}) {
    const PreviewRequest request = read_preview_request(input, loopback);
    if (reason_phrase(request.status) == "Error") {
      return "a status without a name: " + std::to_string(request.status);
    }
    if (request.status != 200) {
      continue;
    }
    const std::string path = "/" + request.path;
    if (path.find("/.") != std::string::npos || path.find("//") != std::string::npos ||
        path.find('\0') != std::string::npos) {
      return "a path with a dot file, an empty part or a NUL: " + request.path;
    }
    if (request.written_path.find_first_of("\r\n") != std::string::npos) {
      return "a line end would go into a header";
    }
  }
  return "";
}

}  // namespace smbatcher::test
