#include <algorithm>

#include "libregistry/core/base/ascii.h"
#include "libregistry/core/base/text.h"
#include "libregistry/sites/html/date_syntax.h"
#include "libregistry/sites/html/page_rules.h"
#include "libregistry/sites/html/vocabulary.h"

namespace smbatcher {
namespace {

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter_or_digit(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

/// "type/subtype", perhaps with parameters such as `; charset=utf-8`. Source: https://mimesniff.spec.whatwg.org
bool is_mime_type(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::size_t end = std::min(text.find(';'), text.size());
  if (slash == std::string_view::npos || slash > end || !is_token(text.substr(0, slash)) ||
      !is_token(trim(text.substr(slash + 1, end - slash - 1))) || text[slash + 1] == ' ') {
    return false;
  }
  for (std::string_view rest = text.substr(end); !rest.empty();) {
    rest.remove_prefix(1);
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t\n\f\r"), rest.size()));
    const std::size_t equals = rest.find('=');
    if (equals == std::string_view::npos || !is_token(rest.substr(0, equals))) {
      return false;
    }
    rest.remove_prefix(equals + 1);
    if (rest.starts_with('"')) {
      const std::size_t close = rest.find('"', 1);
      if (close == std::string_view::npos) {
        return false;
      }
      rest.remove_prefix(close + 1);
      if (!rest.empty() && rest[0] != ';') {
        return false;
      }
    } else {
      const std::size_t next = std::min(rest.find(';'), rest.size());
      if (!is_token(trim(rest.substr(0, next)))) {
        return false;
      }
      rest.remove_prefix(next);
    }
  }
  return true;
}

bool has_mime_type(std::string_view element) {
  return element == "a" || element == "area" || element == "link" || element == "source" || element == "embed" ||
         element == "object";
}

void check_dates(PageFindings& findings, const HtmlElement& element) {
  const HtmlAttribute* const at = element.find("datetime");
  if ((element.is_html("ins") || element.is_html("del")) && at != nullptr && !is_date(at->value) &&
      !is_global_time(at->value)) {
    findings.add("html-date", at->value_at,
                 quoted(at->value) +
                     " is neither a date such as 2026-11-30 nor a time with its zone such as "
                     "2026-11-30T18:00Z");
  } else if (element.is_html("time") && at != nullptr && !is_time_value(at->value)) {
    findings.add("html-date", at->value_at,
                 quoted(at->value) + " is not a date or time: write 2026-11-30, 18:00 or 2026-11-30T18:00Z");
  } else if (element.is_html("time") && at == nullptr) {
    const std::string text = findings.page().text(element);
    const std::size_t begin = std::min(text.find_first_not_of(" \t\n\f\r"), text.size());
    const std::string plain = text.substr(begin, text.find_last_not_of(" \t\n\f\r") + 1 - begin);
    if (!is_time_value(plain)) {
      findings.add("html-date", element.begin,
                   "<time> has no datetime, and its text " + quoted(plain) + " is not a date or time");
    }
  }
}

}  // namespace

void find_values(PageFindings& findings) {
  for (const HtmlElement& element : findings.page().elements()) {
    if (element.space != HtmlElement::Space::kHtml || element.reconstructed || !element.written ||
        element.in_template) {
      continue;
    }
    check_dates(findings, element);
    const HtmlAttribute* const type = element.find("type");
    if (type != nullptr && has_mime_type(element.name) && !is_mime_type(type->value)) {
      findings.add("html-attribute-value", type->value_at,
                   quoted(type->value) + " of 'type' is not a media type such as text/css");
    }
  }
}

}  // namespace smbatcher
