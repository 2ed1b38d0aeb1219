#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

#include "libregistry/core/base/json.h"
#include "libregistry/core/base/words.h"

namespace smbatcher {

/// What the caller does next. Source: docs/machine-contract.md, "Exit codes".
enum class Errc {
  kUsage,      // fix the arguments
  kNotFound,   // no such batch, row or file
  kMalformed,  // a person must repair the data; Error::where is "path:line"
  kRefused,    // the answer is no (lost a race, a stale fencing token, nothing to do): read again, then decide
  kIo,         // the system refused; the message ends with strerror
  kBusy,       // the lock was not free in time: retry the same call
};

/// An answer other than success. The kind of its word says how it is printed: FAIL (exit 1) or ERROR (exit 2).
struct Error {
  Errc code = Errc::kIo;
  Word reason = ErrorWord("internal_error");  // the stable word callers branch on, e.g. "held", "lock_timeout"
  std::string details;                        // the part of fixed form after the reason, e.g. "anna:1740"; may be empty
  std::string message;              // for people: starts in lower case, names its subject in quotes, says the next step
  std::string where;                // "path:line" or a path; empty when the error has no place
  JsonObject facts;                 // further keys of the JSON form, e.g. owner; code reads what follows instead
  std::string subject = {};         // of "domain_not_found": the domain; also a fact
  std::optional<WhyWord> why = {};  // of "no_work_found" and "not_ready"; also a fact
  std::optional<std::chrono::seconds> retry_after = {};  // when it may be worth asking again; the key retry_after_s

  Error&& with(std::string key, Json value) && {
    facts.emplace_back(std::move(key), std::move(value));
    return std::move(*this);
  }
  /// Adds the fact `why`.
  Error&& because(WhyWord cause) && {
    why = cause;
    return std::move(*this).with("why", cause.text());
  }
  /// The facts, then retry_after_s.
  JsonObject json_facts() const;
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

/// Errors by what the caller does next; each takes the stable word and the sentence for people.
Error usage_error(ErrorWord reason, std::string message);
Error not_found(ErrorWord reason, std::string message);
Error malformed(ErrorWord reason, std::string where, std::string message);
/// FAIL:<reason>[:<details>], exit 1.
Error refused(FailWord reason, std::string details, std::string message);
/// Maps errno to a stable word (permission_denied, no_space, read_only, …); the message is "<what>: <strerror>".
Error io_error(std::string_view what, int error_number);

#define SMB_CONCAT_INNER(a, b) a##b
#define SMB_CONCAT(a, b) SMB_CONCAT_INNER(a, b)

/// Returns the error of `expression` from the enclosing function, or goes on.
#define SMB_TRY(expression)                                    \
  do {                                                         \
    if (auto smb_result = (expression); !smb_result) {         \
      return ::smbatcher::fail(std::move(smb_result).error()); \
    }                                                          \
  } while (false)

/// Returns the error of `expression`, or binds its value to `declaration`.
// NOLINTBEGIN(bugprone-macro-parentheses): a declaration cannot stand in parentheses.
#define SMB_TRY_ASSIGN(declaration, expression) \
  SMB_TRY_ASSIGN_INNER(declaration, expression, SMB_CONCAT(smb_result_, __LINE__))
#define SMB_TRY_ASSIGN_INNER(declaration, expression, name) \
  auto name = (expression);                                 \
  if (!name) {                                              \
    return ::smbatcher::fail(std::move(name).error());      \
  }                                                         \
  declaration = std::move(*name)
// NOLINTEND(bugprone-macro-parentheses)

}  // namespace smbatcher
