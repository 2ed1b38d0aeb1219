#include "libregistry/sites/html/check_html.h"

#include <algorithm>

#include "libregistry/core/base/ascii.h"
#include "libregistry/core/base/text.h"
#include "libregistry/core/fs/snapshot.h"
#include "libregistry/sites/html/depth.h"
#include "libregistry/sites/html/page_rules.h"
#include "libregistry/sites/html/scan.h"

namespace smbatcher {
namespace {

Finding finding_at(std::string_view rule, const std::string& file, TextPlace place, std::string message) {
  Finding finding = make_finding(rule, file, place.line, place.column, std::move(message));
  finding.characters = place.characters;
  return finding;
}

/// Text has few control characters; what begins with many of them is a picture or a program.
bool looks_binary(std::string_view bytes) {
  constexpr std::size_t kLookedAt = 4096;
  constexpr std::size_t kShare = 50;
  const std::string_view head = bytes.substr(0, kLookedAt);
  const auto odd = static_cast<std::size_t>(std::count_if(head.begin(), head.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f';
  }));
  return odd > 2 && odd * kShare > head.size();
}

std::string too_large_message() {
  return "the file has more than " + std::to_string(kMaxPageSize) +
         " bytes, and no more are checked: split it, or move data out of the page";
}

/// Why a text is not given to the parser.
std::optional<Finding> reason_not_to_parse(std::string_view bytes, const std::string& file) {
  if (bytes.size() > kMaxPageSize) {
    return finding_at("html-too-large", file, {}, too_large_message());
  }
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
    return finding_at("html-invalid-utf8", file, {}, "the file is UTF-16: save it as UTF-8");
  }
  if (looks_binary(bytes)) {
    return finding_at("html-binary", file, {}, "the file is not text: is it a picture with the wrong name?");
  }
  if (bytes.find_first_not_of(" \t\n\r\f") == std::string_view::npos) {
    return finding_at("html-empty", file, {}, "the file is empty");
  }
  std::optional<std::size_t> crowded;
  scan_tags(bytes, [&crowded](const ScannedTag& tag) {
    crowded = tag.attributes > kMaxAttributes ? std::optional(tag.begin) : std::nullopt;
    return !crowded;
  });
  if (crowded) {
    return finding_at("html-too-large", file, TextPlaces(bytes).at(*crowded),
                      "the tag has more than " + std::to_string(kMaxAttributes) +
                          " attributes, so the page is not checked: is a quote missing?");
  }
  const Depth depth = measure_depth(bytes, kMaxPageDepth);
  if (depth.exceeded_at != std::string_view::npos) {
    return finding_at("html-too-deep", file, TextPlaces(bytes).at(depth.exceeded_at),
                      depth.by_reopening
                          ? "elements such as <b> are not closed, and opened again in each block up to here, so the "
                            "page is not checked: is an end tag missing in a loop?"
                          : "elements are nested deeper than " + std::to_string(kMaxPageDepth) +
                                " levels here, so the page is not checked: is an end tag missing in a loop?");
  }
  return std::nullopt;
}

void find_bad_bytes(PageFindings& findings) {
  const std::string_view bytes = findings.page().bytes();
  if (const std::size_t at = find_invalid_utf8(bytes); at != std::string_view::npos) {
    std::string byte = "0x";
    append_hex(byte, static_cast<unsigned char>(bytes[at]), 2, kCapitalHexDigits);
    findings.add("html-invalid-utf8", at, "the byte " + byte + " is not UTF-8 here: save the file as UTF-8");
  }
  if (const std::size_t at = bytes.find('\0'); at != std::string_view::npos) {
    const auto more = static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), '\0')) - 1;
    findings.add("html-nul-byte", at,
                 "a NUL byte stands here" + (more == 0 ? std::string() : ", and " + std::to_string(more) + " more"));
  }
}

}  // namespace

std::size_t PageFindings::add(std::string_view rule, std::size_t offset, std::string message) {
  findings_.push_back(finding_at(rule, *file_, page_->place(offset), std::move(message)));
  return findings_.size() - 1;
}

std::string PageFindings::place(std::size_t offset) const {
  const TextPlace place = page_->place(offset);
  return std::to_string(place.line) + ":" + std::to_string(place.column);
}

std::string quoted(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  return "'" + (text.size() > kLongest ? std::string(text.substr(0, kLongest)) + "…" : std::string(text)) + "'";
}

std::vector<std::string_view> words_in(std::string_view value) {
  std::vector<std::string_view> words;
  std::size_t at = 0;
  while ((at = value.find_first_not_of(kHtmlBlanks, at)) != std::string_view::npos) {
    const std::size_t end = std::min(value.find_first_of(kHtmlBlanks, at), value.size());
    words.push_back(value.substr(at, end - at));
    at = end;
  }
  return words;
}

CheckedPage check_page(std::string bytes, const std::string& file) {
  CheckedPage checked;
  if (auto reason = reason_not_to_parse(bytes, file)) {
    checked.findings.push_back(std::move(*reason));
    return checked;
  }
  checked.page.emplace(std::move(bytes));
  PageFindings findings(*checked.page, file);
  find_bad_bytes(findings);
  find_syntax(findings);
  find_structure(findings);
  find_attributes(findings);
  find_required(findings);
  find_values(findings);
  find_sources(findings);
  find_urls(findings);
  find_references(findings);
  find_style(findings);
  checked.findings = findings.take();
  return checked;
}

Result<CheckedPage> check_page_at(FileOps& ops, const std::string& path, const std::string& file) {
  auto bytes = read_file(ops, path, kMaxPageSize);
  if (bytes) {
    return check_page(std::move(*bytes), file);
  }
  if (bytes.error().reason != ErrorWord("file_too_large")) {
    return fail(std::move(bytes).error());
  }
  CheckedPage checked;
  checked.findings.push_back(finding_at("html-too-large", file, {}, too_large_message()));
  return checked;
}

bool is_page_name(std::string_view name) {
  const std::string lower = to_lower(name);
  return lower.ends_with(".html") || lower.ends_with(".htm");
}

}  // namespace smbatcher
