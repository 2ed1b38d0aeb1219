#include "libregistry/core/leases/lease_json.h"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"

namespace smbatcher::test {
namespace {

Lease full_lease() {
  FakeClock clock;
  Lease lease = grant(17, "a1", std::chrono::seconds(90), ProcessRef{10, 77, "boot-1", "pid:[1]"}, clock.now());
  clock.advance(milliseconds(1250));
  renew(lease, clock.now());
  lease.seen_on.emplace_back("boot-2");
  lease.claimed_in = Surroundings{"boot-1", "pid:[2]"};
  return lease;
}

Attempts full_attempts() {
  const FakeClock clock;
  Attempts attempts;
  attempts.count = 3;
  attempts.put_off(clock.now(), std::chrono::seconds(5));
  attempts.buried = Burial{"why", "by", clock.now().wall};
  attempts.failure = Failure{"exit status 3", clock.now().wall};
  return attempts;
}

Json without(const Json& json, const std::string& key) {
  JsonObject object = *json.object();
  std::erase_if(object, [&key](const auto& member) { return member.first == key; });
  return object;
}

Json with(const Json& json, const std::string& key, const Json& value) {
  JsonObject object = *json.object();
  for (auto& member : object) {
    member.second = member.first == key ? value : member.second;
  }
  return object;
}

// A value of another type than any of `value`'s readers take.
Json other_type(const Json& value) { return value.string() != nullptr ? Json(1) : Json("text"); }

template <class Read>
void expect_every_member_is_needed(const Json& whole, const std::vector<std::string>& optional, Read read) {
  ASSERT_TRUE(read(whole));
  for (const auto& [key, value] : *whole.object()) {
    const bool may_be_absent = std::find(optional.begin(), optional.end(), key) != optional.end();
    EXPECT_EQ(read(without(whole, key)), may_be_absent) << "without " << key;
    EXPECT_FALSE(read(with(whole, key, other_type(value)))) << key << " of another type";
    if (!value.is_object()) {
      continue;
    }
    for (const auto& [inner, inner_value] : *value.object()) {
      EXPECT_FALSE(read(with(whole, key, without(value, inner)))) << key << " without " << inner;
      EXPECT_FALSE(read(with(whole, key, with(value, inner, other_type(inner_value))))) << key << "." << inner;
    }
  }
}

TEST(LeaseJson, RoundTrip) {
  const Json json = to_json(full_lease());
  const auto lease = lease_from_json(json);
  ASSERT_TRUE(lease);
  EXPECT_EQ(to_json(*lease).dump(), json.dump());
  EXPECT_EQ(lease->renewed, full_lease().renewed);
  EXPECT_EQ(lease->expires.since_boot, full_lease().expires.since_boot);
  EXPECT_EQ(lease->process, full_lease().process);
  EXPECT_EQ(lease->claimed_in, full_lease().claimed_in);
}

TEST(LeaseJson, EveryMemberIsNeededAndOfItsType) {
  expect_every_member_is_needed(to_json(full_lease()), {"process", "claimed_in"},
                                [](const Json& json) { return lease_from_json(json).has_value(); });
}

TEST(LeaseJson, RefusesImpossibleNumbers) {
  const Json json = to_json(full_lease());
  EXPECT_FALSE(lease_from_json(with(json, "token", 0)));
  EXPECT_FALSE(lease_from_json(with(json, "token", -1)));
  EXPECT_FALSE(lease_from_json(with(json, "length_s", -1)));
  EXPECT_FALSE(lease_from_json(with(json, "acquired_at", "yesterday")));
  EXPECT_FALSE(lease_from_json(with(json, "seen_on", JsonArray{1})));
  EXPECT_FALSE(lease_from_json(Json("text")));
}

TEST(LeaseJson, UnknownMembersAreIgnored) {
  JsonObject object = *to_json(full_lease()).object();
  object.emplace_back("later", 1);
  EXPECT_TRUE(lease_from_json(object));
}

TEST(AttemptsJson, RoundTrip) {
  const Json json = to_json(full_attempts());
  const auto attempts = attempts_from_json(json);
  ASSERT_TRUE(attempts);
  EXPECT_EQ(to_json(*attempts).dump(), json.dump());
  EXPECT_EQ(attempts_from_json(to_json(Attempts{}))->count, 0);
}

TEST(AttemptsJson, EveryMemberIsNeededAndOfItsType) {
  expect_every_member_is_needed(to_json(full_attempts()), {"not_before", "delay_s", "buried", "failure"},
                                [](const Json& json) { return attempts_from_json(json).has_value(); });
  EXPECT_FALSE(attempts_from_json(with(to_json(full_attempts()), "attempts", -1)));
  EXPECT_FALSE(attempts_from_json(with(to_json(full_attempts()), "attempts", std::int64_t{1} << 40)));
}

}  // namespace
}  // namespace smbatcher::test
