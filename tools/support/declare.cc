#include <charconv>
#include <utility>

#include "libregistry/core/base/clock.h"
#include "libregistry/core/base/text.h"
#include "tools/support/option_spec.h"

namespace smbatcher {
namespace {

using Kind = OptionSpec::Kind;

template <class Number>
bool parse_whole(const std::string& text, Number& number) {
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stopped == end;
}

template <class Target>
auto store_number(Target& target) {
  return [&target](const std::string& text) -> std::string {
    std::uint64_t number = 0;
    if (!parse_whole(text, number)) {
      return "a whole number from 0 to 18446744073709551615";
    }
    target = number;
    return {};
  };
}

template <class Target>
auto store_text(Target& target) {
  return [&target](const std::string& text) -> std::string {
    target = text;
    return {};
  };
}

auto append_text(std::vector<std::string>& target) {
  return [&target](const std::string& text) -> std::string {
    target.push_back(text);
    return {};
  };
}

}  // namespace

std::string OptionSpec::listed_choices(std::string_view separator) const {
  return join({choices.begin(), choices.end()}, separator);
}

OptionSpec& OptionSet::Impl::add(OptionSpec::Kind kind, std::string_view name, std::string_view help) {
  const std::size_t space = name.find(' ');
  OptionSpec& spec = specs.emplace_back();
  spec.kind = kind;
  spec.name = name.substr(0, space);
  spec.metavar = space == std::string_view::npos ? "" : name.substr(space + 1);
  spec.help = help;
  spec.group = group;
  return spec;
}

OptionSet::Declared& OptionSet::Declared::required() {
  spec_->required = true;
  return *this;
}

OptionSet::Declared& OptionSet::Declared::hidden() {
  spec_->hidden = true;
  return *this;
}

OptionSet::Declared& OptionSet::Declared::must_be(bool (*valid)(std::string_view), std::string_view what) {
  spec_->valid = valid;
  spec_->valid_what = what;
  return *this;
}

OptionSet::Declared& OptionSet::Declared::excludes(std::string_view option) {
  spec_->excludes.emplace_back(option);
  return *this;
}

OptionSet::Declared OptionSet::text(std::string_view name, std::string& value, std::string_view help) {
  OptionSpec& spec = impl_->add(Kind::kSingle, name, help);
  spec.default_text = value;
  spec.store = store_text(value);
  return Declared(spec);
}

OptionSet::Declared OptionSet::text(std::string_view name, std::optional<std::string>& value, std::string_view help) {
  OptionSpec& spec = impl_->add(Kind::kSingle, name, help);
  spec.default_text = value.value_or("");
  spec.store = store_text(value);
  return Declared(spec);
}

OptionSet::Declared OptionSet::number(std::string_view name, std::uint64_t& value, std::string_view help) {
  OptionSpec& spec = impl_->add(Kind::kSingle, name, help);
  spec.default_text = value == 0 ? "" : std::to_string(value);
  spec.store = store_number(value);
  return Declared(spec);
}

OptionSet::Declared OptionSet::number(std::string_view name, std::optional<std::uint64_t>& value,
                                      std::string_view help) {
  OptionSpec& spec = impl_->add(Kind::kSingle, name, help);
  spec.default_text = value ? std::to_string(*value) : "";
  spec.store = store_number(value);
  return Declared(spec);
}

OptionSet::Declared OptionSet::ratio(std::string_view name, std::optional<double>& value, std::string_view help) {
  OptionSpec& spec = impl_->add(Kind::kSingle, name, help);
  spec.store = [&value](const std::string& text) -> std::string {
    double number = 0;
    if (!parse_whole(text, number) || !(number >= 0 && number <= 1)) {
      return "a number from 0 to 1";
    }
    value = number;
    return {};
  };
  return Declared(spec);
}

OptionSet::Declared OptionSet::duration(std::string_view name, std::optional<std::chrono::seconds>& value,
                                        std::string_view help) {
  OptionSpec& spec = impl_->add(Kind::kSingle, name, help);
  spec.store = [&value](const std::string& text) -> std::string {
    const Result<std::chrono::seconds> parsed = parse_duration(text);
    if (!parsed) {
      return "a duration such as 90s, 30m or 2h";
    }
    value = *parsed;
    return {};
  };
  return Declared(spec);
}

OptionSet::Declared OptionSet::flag(std::string_view name, bool& value, std::string_view help) {
  OptionSpec& spec = impl_->add(Kind::kFlag, name, help);
  spec.store = [&value](const std::string&) -> std::string {
    value = true;
    return {};
  };
  return Declared(spec);
}

OptionSet::Declared OptionSet::choice(std::string_view name, std::string& value, std::vector<std::string_view> choices,
                                      std::string_view help) {
  OptionSpec& spec = impl_->add(Kind::kSingle, name, help);
  spec.default_text = value;
  spec.choices = std::move(choices);
  spec.store = store_text(value);
  return Declared(spec);
}

OptionSet::Declared OptionSet::choice(std::string_view name, std::optional<std::string>& value,
                                      std::vector<std::string_view> choices, std::string_view help) {
  OptionSpec& spec = impl_->add(Kind::kSingle, name, help);
  spec.default_text = value.value_or("");
  spec.choices = std::move(choices);
  spec.store = store_text(value);
  return Declared(spec);
}

OptionSet::Declared OptionSet::list(std::string_view name, std::vector<std::string>& values, std::string_view help) {
  OptionSpec& spec = impl_->add(Kind::kList, name, help);
  spec.store = append_text(values);
  return Declared(spec);
}

OptionSet::Declared OptionSet::positional(std::string_view name, std::optional<std::string>& value,
                                          std::string_view help) {
  OptionSpec& spec = impl_->add(Kind::kPositional, name, help);
  spec.store = store_text(value);
  return Declared(spec);
}

OptionSet::Declared OptionSet::positionals(std::string_view name, std::vector<std::string>& values,
                                           std::string_view help) {
  OptionSpec& spec = impl_->add(Kind::kPositionals, name, help);
  spec.store = append_text(values);
  return Declared(spec);
}

OptionSet::Declared OptionSet::rest(std::string_view name, std::vector<std::string>& values, std::string_view help) {
  OptionSpec& spec = impl_->add(Kind::kRest, name, help);
  spec.store = append_text(values);
  return Declared(spec);
}

}  // namespace smbatcher
