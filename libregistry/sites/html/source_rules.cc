#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

#include "libregistry/core/base/text.h"
#include "libregistry/sites/html/page_rules.h"
#include "libregistry/sites/html/vocabulary.h"
#include "libregistry/sites/url/local_url.h"

namespace smbatcher {
namespace {

/// An address of a list such as "a.png 1x, b.png 2x", and what stands behind it.
struct Candidate {
  std::string_view url;
  std::string_view descriptor;  // "" where there is none
};

/// Source: https://html.spec.whatwg.org/multipage/images.html#parsing-a-srcset-attribute
std::vector<Candidate> candidates_of(std::string_view text) {
  std::vector<Candidate> candidates;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(kHtmlBlanks), text.size()));
    if (text.empty()) {
      return candidates;
    }
    Candidate candidate;
    candidate.url = text.substr(0, text.find_first_of(kHtmlBlanks));
    text.remove_prefix(candidate.url.size());
    if (candidate.url.ends_with(',')) {
      candidate.url.remove_suffix(1);
    } else {
      std::size_t end = 0;
      for (std::size_t depth = 0; end < text.size() && (depth > 0 || text[end] != ','); ++end) {
        depth += text[end] == '(' ? 1 : 0;
        depth -= text[end] == ')' && depth > 0 ? 1 : 0;
      }
      const std::string_view behind = text.substr(0, end);
      const std::size_t begin = std::min(behind.find_first_not_of(kHtmlBlanks), behind.size());
      candidate.descriptor = behind.substr(begin, behind.find_last_not_of(kHtmlBlanks) + 1 - begin);
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    candidates.push_back(candidate);
  }
}

/// The number before the letter of "2x" or "640w", above zero; whole for 'w'.
std::optional<double> amount_of(std::string_view descriptor) {
  const std::string_view digits = descriptor.substr(0, descriptor.size() - 1);
  double amount = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), amount);
  const bool is_whole = digits.find_first_not_of("0123456789") == std::string_view::npos;
  if (digits.empty() || digits[0] == '+' || error != std::errc() || end != digits.data() + digits.size() ||
      amount <= 0 || (descriptor.back() == 'w' && !is_whole)) {
    return std::nullopt;
  }
  return amount;
}

/// Tells what is wrong with a `srcset`; true when its pictures are told apart by their width.
bool check_candidates(PageFindings& findings, const HtmlAttribute& srcset) {
  const Url page = page_url("");
  std::set<std::pair<char, double>> seen;
  bool by_width = false;
  bool by_density = false;
  const auto add = [&](std::string message) { findings.add("html-source", srcset.value_at, std::move(message)); };
  const std::vector<Candidate> candidates = candidates_of(srcset.value);
  if (candidates.empty()) {
    add("'" + std::string(srcset.name) + "' names no picture");
  }
  for (const Candidate& candidate : candidates) {
    const std::string url(candidate.url);
    const auto read = parse_url(url, &page);
    if (url.empty() || url.starts_with(',') || url.ends_with(',') || !read) {
      add("'" + url + "' of '" + std::string(srcset.name) + "' is not an address, or a comma is too many");
      continue;
    }
    if (!read->fault.empty() && read->scheme != "data") {
      add("'" + url + "' is written wrongly: " + std::string(read->fault));
    }
    const char unit = candidate.descriptor.empty() ? 'x' : candidate.descriptor.back();
    const auto amount = candidate.descriptor.empty() ? std::optional(1.0) : amount_of(candidate.descriptor);
    if ((unit != 'x' && unit != 'w') || !amount) {
      add("'" + std::string(candidate.descriptor) + "' behind '" + url +
          "' is neither a density such as 2x nor a "
          "width such as 640w");
      continue;
    }
    (unit == 'w' ? by_width : by_density) = true;
    if (!seen.insert({unit, *amount}).second) {
      add("'" + url + "' has the same density or width as one before it");
    }
  }
  if (by_width && by_density) {
    add("some pictures have a width and some a density: give each of them a width, or none");
  }
  return by_width;
}

/// Whether the picture's image waits until it is seen: its width is known by then.
bool is_lazy(const HtmlPage& page, const HtmlElement& element) {
  const HtmlElement* const parent = page.parent_of(element);
  const HtmlElement* image = &element;
  if (element.is_html("source") && parent != nullptr) {
    const auto first = page.elements().begin() + (&element - page.elements().data());
    const auto last = page.elements().begin() + static_cast<std::ptrdiff_t>(parent->next);
    const auto found = std::find_if(first, last, [](const HtmlElement& each) { return each.is_html("img"); });
    image = found == last ? image : &*found;
  }
  const HtmlAttribute* const loading = image->find("loading");
  return loading != nullptr && to_lower(loading->value) == "lazy";
}

void check_srcset(PageFindings& findings, const HtmlElement& element) {
  const bool is_link = element.is_html("link");
  const HtmlAttribute* const srcset = element.find(is_link ? "imagesrcset" : "srcset");
  const HtmlAttribute* const sizes = element.find(is_link ? "imagesizes" : "sizes");
  if (srcset == nullptr) {
    if (sizes != nullptr) {
      findings.add("html-source", sizes->name_at, "'" + std::string(sizes->name) + "' means nothing without srcset");
    }
    return;
  }
  const bool by_width = check_candidates(findings, *srcset);
  const bool waits = is_lazy(findings.page(), element);
  if (by_width && sizes == nullptr && !waits) {
    findings.add("html-source", srcset->value_at, "pictures have widths, so 'sizes' must say how wide they are shown");
  } else if (!by_width && sizes != nullptr) {
    findings.add("html-source", sizes->name_at, "'sizes' means nothing where no picture has a width such as 640w");
  }
  if (sizes != nullptr && to_lower(trim(sizes->value)).starts_with("auto") && element.is_html("img") && !waits) {
    findings.add("html-source", sizes->value_at, "'auto' is for pictures with loading=\"lazy\"");
  }
}

void check_source(PageFindings& findings, const HtmlElement& source, const HtmlElement& parent) {
  const bool in_picture = parent.is_html("picture");
  const auto refuse = [&](std::string_view name) {
    if (const HtmlAttribute* const attribute = source.find(name); attribute != nullptr) {
      findings.add("html-source", attribute->name_at,
                   "'" + std::string(name) + "' of <source> is not for one in <" + parent.name + ">");
    }
  };
  if (in_picture) {
    refuse("src");
    if (source.find("srcset") == nullptr) {
      findings.add("html-required-attribute", source.begin, "<source> has no srcset, which it needs in <picture>");
    }
  } else if (parent.is_html("audio") || parent.is_html("video")) {
    for (const std::string_view name : {"srcset", "sizes", "width", "height"}) {
      refuse(name);
    }
    if (source.find("src") == nullptr) {
      findings.add("html-required-attribute", source.begin,
                   "<source> has no src, which it needs in <" + parent.name + ">");
    }
  }
}

/// Sources, then one image; a source without a condition takes them all.
void check_picture(PageFindings& findings, const HtmlElement& picture) {
  const HtmlPage& page = findings.page();
  const HtmlElement* image = nullptr;
  const HtmlElement* always = nullptr;
  const auto index = static_cast<std::size_t>(&picture - page.elements().data());
  for (std::size_t i = index + 1; i < picture.next; i = page.elements()[i].next) {
    const HtmlElement& child = page.elements()[i];
    if (child.is_html("img")) {
      if (image != nullptr) {
        findings.add("html-source", child.begin, "a second <img> in the <picture> of " + findings.place(picture.begin));
      }
      image = &child;
    } else if (child.is_html("source")) {
      if (image != nullptr) {
        findings.add("html-source", child.begin, "<source> stands behind the <img>, and before it is where it counts");
      } else if (always != nullptr) {
        findings.add("html-source", always->begin,
                     "this <source> is always taken, so those behind it never are: give it media or type");
        always = nullptr;
      }
      const HtmlAttribute* const media = child.find("media");
      const std::string query = media == nullptr ? std::string() : to_lower(trim(media->value));
      always = (media == nullptr || query.empty() || query == "all") && child.find("type") == nullptr ? &child : always;
    }
  }
  if (image == nullptr) {
    findings.add("html-source", picture.begin, "<picture> has no <img>, which shows what the sources say");
  } else if (always != nullptr && image->find("srcset") != nullptr) {
    findings.add("html-source", always->begin,
                 "this <source> is always taken, so the srcset of the <img> never is: give it media or type");
  }
}

}  // namespace

void find_sources(PageFindings& findings) {
  for (const HtmlElement& element : findings.page().elements()) {
    if (element.space != HtmlElement::Space::kHtml || element.reconstructed || !element.written ||
        element.in_template) {
      continue;
    }
    const HtmlElement* const parent = findings.page().parent_of(element);
    if (element.name == "img" || element.name == "source" || element.name == "link") {
      check_srcset(findings, element);
    }
    if (element.name == "source" && parent != nullptr) {
      check_source(findings, element, *parent);
    }
    if (element.name == "picture") {
      check_picture(findings, element);
    }
  }
}

}  // namespace smbatcher
