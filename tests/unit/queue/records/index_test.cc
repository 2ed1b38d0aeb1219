#include "tests/unit/queue/records/index_facts.h"

namespace smbatcher::test {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

const WorkKey kThird{Phase::kImplement, "003"};

Instant moment() { return FakeClock().now(); }

WorkRecord held_by(const std::string& owner, Token token, std::vector<std::string> domains) {
  WorkRecord record;
  record.claim = Claim{grant(token, owner, hours(2), std::nullopt, moment()), std::move(domains), false, {}, false};
  record.last_token = token;
  record.past = {token - 1};
  record.last = LastChange{"claim", token, owner, "", {}};
  record.event = token + 10;
  return record;
}

/// Records of every kind.
std::map<WorkKey, WorkRecord> some_records() {
  std::map<WorkKey, WorkRecord> records;
  records[{Phase::kDesign, "001"}] = {};
  records[{Phase::kDesign, "001"}].event = 3;
  records[kThird] = held_by("anna", 17, {"a.example", "b.example"});
  WorkRecord& bound = records[{Phase::kImplement, "a-batch-with-a-rather-long-name"}];
  bound = held_by("ben", 18, {"c.example"});
  bound.claim->lease.process = ProcessRef{42, 4711, moment().boot, "pid:[1]"};
  bound.sites["c.example"].not_before = Deadline::after(moment(), seconds(600));
  WorkRecord& other_boot = records[{Phase::kImplement, "005"}];
  other_boot = held_by("carl", 19, {"d.example"});
  other_boot.claim->lease.expires.boot = "boot-0";
  other_boot.sites["d.example"].buried = Burial{"no", "carl", {}};
  records[{Phase::kImplement, "006"}].unbegun.buried = Burial{"given up", "smbatcher", {}};
  return records;
}

IndexHead some_head() {
  IndexHead head;
  head.history = {12345, "xxh3:0123456789abcdef0123456789abcdef"};
  head.boot = moment().boot;
  head.facts.next_token = 20;
  head.facts.next_event = 31;
  head.facts.highest_batch = "007";
  head.facts.registry_before = "xxh3:1";
  head.facts.registry_after = "xxh3:2";
  head.facts.last = LastChange{"claim", 19, "carl", "why", {"d.example", "e.example"}};
  return head;
}

ClaimIndex some_index() { return ClaimIndex::build(some_head(), some_records(), {{Phase::kDesign, "009"}}); }

std::string whole_text_of(const ClaimIndex& index) { return head_text_of(index.head()) + "\n" + text_of(index); }

TEST(ClaimIndex, ReadsBackWhatItWrote) {
  const ClaimIndex index = some_index();
  const auto again = ClaimIndex::parse(index.bytes());
  ASSERT_TRUE(again);
  EXPECT_EQ(whole_text_of(*again), whole_text_of(index));
  EXPECT_EQ(again->size(), 6U);
  ASSERT_EQ(again->newer().size(), 1U);
  EXPECT_EQ(again->newer().front().batch, "009");
}

TEST(ClaimIndex, ShowsWhatDecidesWithoutTheClaimFile) {
  const ClaimIndex index = some_index();
  const auto slot = index.find(Phase::kImplement, "003");
  ASSERT_TRUE(slot);
  EXPECT_EQ(slot->key().name(), "implement-003");
  EXPECT_EQ(slot->event, 27U);
  EXPECT_EQ(slot->token, 17U);
  EXPECT_EQ(slot->owner, text_hash("anna"));
  EXPECT_TRUE(slot->had_token(16));
  EXPECT_FALSE(slot->had_token(15));
  EXPECT_EQ(slot->left(moment(), seconds(60)), hours(2));
  EXPECT_EQ(index.find(Phase::kImplement, "005")->left(moment(), seconds(60)), hours(2) + seconds(60))
      << "on another boot the wall clock decides, plus the skew";
  EXPECT_TRUE(index.find(Phase::kImplement, "006")->buried) << "the batch itself: its record says so";
  EXPECT_FALSE(index.find(Phase::kDesign, "003"));
  EXPECT_FALSE(index.find(Phase::kImplement, "3"));
  EXPECT_EQ(index.find(Phase::kDesign, "001")->token, 0U);
}

TEST(ClaimIndex, FindsTheClaimsThatADomainWasGivenWith) {
  const ClaimIndex index = some_index();
  std::set<std::string> holders;  // one may be shown twice
  const auto note = [&](const IndexSlot& slot) {
    holders.emplace(slot.batch);
    return false;
  };
  EXPECT_FALSE(index.any_given(text_hash("b.example"), note));
  EXPECT_FALSE(index.any_given(text_hash("z.example"), note));
  EXPECT_EQ(holders, std::set<std::string>{"003"});
}

TEST(ClaimIndex, JudgesAProcessOnlyInItsOwnNamespace) {
  const ClaimIndex index = some_index();
  const auto slot = index.find(Phase::kImplement, "a-batch-with-a-rather-long-name");
  FakeProcesses processes;
  EXPECT_TRUE(slot->process_is_gone(processes));
  processes.running[42] = 4711;
  EXPECT_FALSE(slot->process_is_gone(processes));
  processes.running[42] = 4712;
  EXPECT_TRUE(slot->process_is_gone(processes)) << "another process with its number";
  processes.space = "pid:[2]";
  EXPECT_FALSE(slot->process_is_gone(processes)) << "proves nothing";
}

TEST(ClaimIndex, CutAnywhereIsNotBelieved) {
  const std::string bytes = some_index().bytes();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(ClaimIndex::parse(bytes.substr(0, length))) << length;
  }
}

TEST(ClaimIndex, WithAnyByteChangedIsNotBelievedOrSaysTheSame) {
  ClaimIndex index = some_index();
  index.put(kThird, held_by("anna", 23, std::vector<std::string>(9, "a.example")));  // leaves a dead slot
  ASSERT_TRUE(index.set_head(some_head()));
  const std::string bytes = index.bytes();
  const std::string right = whole_text_of(index);
  std::size_t refused = 0;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (const char change : {'\x01', '\x80', '\xff'}) {
      std::string damaged = bytes;
      damaged[at] = static_cast<char>(damaged[at] ^ change);
      const auto read = ClaimIndex::parse(damaged);
      ASSERT_TRUE(!read || whole_text_of(*read) == right) << at;
      refused += read ? 0 : 1;
    }
    std::string zeroed = bytes;
    zeroed[at] = '\0';
    const auto read = ClaimIndex::parse(zeroed);
    ASSERT_TRUE(!read || whole_text_of(*read) == right) << at;
  }
  EXPECT_GT(refused, bytes.size()) << "most bytes count";
}

// What a failing disk, or a kill in the middle of a write, may bring back.
TEST(ClaimIndex, WithASlotOfAnEarlierEventIsNotBelieved) {
  ClaimIndex index = some_index();
  const std::string before = index.bytes();
  WorkRecord released = some_records()[kThird];
  released.claim.reset();
  released.event = 40;
  index.put(kThird, released);
  ASSERT_TRUE(index.set_head(some_head()));
  const std::string after = index.bytes();
  ASSERT_EQ(before.size(), after.size());
  ASSERT_TRUE(ClaimIndex::parse(after));
  const std::size_t slots = 512;
  EXPECT_FALSE(ClaimIndex::parse(after.substr(0, slots) + before.substr(slots)));
  EXPECT_FALSE(ClaimIndex::parse(before.substr(0, slots) + after.substr(slots)));
}

TEST(ClaimIndex, ForeignTextIsNone) {
  for (const std::string& text : {std::string(), std::string("{\"format\":1,\"history_length\":0}"),
                                  std::string(10000, '\0'), std::string(10000, 'S')}) {
    EXPECT_FALSE(ClaimIndex::parse(text));
    EXPECT_EQ(ClaimIndex::size_of(text), 0U);
  }
}

TEST(ClaimIndex, ChangedRecordGoesOverItsSlotWhileItFits) {
  ClaimIndex index = some_index();
  const std::size_t size = index.bytes().size();
  WorkRecord record = held_by("berta", 20, {"a.example", "b.example", "c.example"});
  index.put(kThird, record);
  ASSERT_TRUE(index.set_head(some_head()));
  EXPECT_EQ(index.bytes().size(), size) << "there is room for one domain more";
  record.claim->domains.assign(20, "x.example");
  index.put(kThird, record);
  ASSERT_TRUE(index.set_head(some_head()));
  EXPECT_GT(index.bytes().size(), size);
  EXPECT_EQ(index.size(), 6U);
  auto records = some_records();
  records[kThird] = record;
  const ClaimIndex right = ClaimIndex::build(some_head(), records, {{Phase::kDesign, "009"}});
  EXPECT_EQ(text_of(index), text_of(right));
  const auto again = ClaimIndex::parse(index.bytes());
  ASSERT_TRUE(again);
  EXPECT_EQ(text_of(*again), text_of(right));
}

TEST(ClaimIndex, NewRecordIsAppended) {
  ClaimIndex index = some_index();
  auto records = some_records();
  for (int i = 0; i < 300; ++i) {
    const WorkKey key{Phase::kDesign, "n" + std::to_string(i)};
    records[key] = held_by("dora", Token(100 + i), {"n" + std::to_string(i) + ".example"});
    index.put(key, records[key]);
  }
  ASSERT_TRUE(index.set_head(some_head()));
  const auto again = ClaimIndex::parse(index.bytes());
  ASSERT_TRUE(again);
  EXPECT_EQ(text_of(*again), text_of(ClaimIndex::build(some_head(), records, {{Phase::kDesign, "009"}})));
  EXPECT_EQ(again->find(Phase::kDesign, "n299")->token, 399U);
}

TEST(ClaimIndex, RenewalChangesItsSlotAndNothingElse) {
  ClaimIndex index = some_index();
  const std::string before = index.bytes();
  WorkRecord record = some_records()[kThird];
  record.claim->lease.expires.since_boot += seconds(100);
  ASSERT_TRUE(index.renew(kThird, record));
  const auto patches = index.take_patches();
  ASSERT_EQ(patches.size(), 1U);
  std::string patched = before;
  patched.replace(patches[0].offset, patches[0].length, index.bytes().substr(patches[0].offset, patches[0].length));
  const auto again = ClaimIndex::parse(patched);
  ASSERT_TRUE(again) << "the head counts on";
  EXPECT_EQ(again->find(Phase::kImplement, "003")->left(moment(), seconds(0)), hours(2) + seconds(100));
  EXPECT_EQ(head_text_of(again->head()), head_text_of(some_head()));
  record.event += 1;
  EXPECT_FALSE(index.renew(kThird, record)) << "of another event it is not a renewal";
}

TEST(ClaimIndex, PatchesMakeTheFileThatIsThereTheNewOne) {
  auto records = some_records();
  for (int i = 0; i < 100; ++i) {
    const WorkKey key{Phase::kDesign, "m" + std::to_string(i)};
    records[key] = held_by("emil", Token(100 + i), {"m" + std::to_string(i) + ".example"});
  }
  for (const bool small : {false, true}) {
    ClaimIndex index = small ? some_index() : ClaimIndex::build(some_head(), records, {});
    std::string file = index.bytes();
    index.put(kThird, held_by("anna", 23, std::vector<std::string>(9, "a.example")));
    index.put({Phase::kDesign, "new"}, held_by("anna", 24, {"z.example"}));
    IndexHead head = some_head();
    head.facts.next_token = 25;
    ASSERT_TRUE(index.set_head(head));
    const auto patches = index.take_patches();
    EXPECT_EQ(patches.size() == 1, small);
    EXPECT_EQ(patches.back().offset, 0U) << "the head is written last";
    for (const auto& [offset, length] : patches) {
      file.resize(std::max(file.size(), offset + length));
      file.replace(offset, length, index.bytes().substr(offset, length));
    }
    EXPECT_EQ(file, index.bytes());
    EXPECT_TRUE(index.take_patches().empty());
  }
}

TEST(ClaimIndex, CompactLosesNothingButDeadSlots) {
  ClaimIndex index = some_index();
  EXPECT_FALSE(index.is_wasteful());
  WorkRecord record;
  for (std::size_t domains = 10; !index.is_wasteful(); domains += 10) {
    ASSERT_LT(domains, 1000U);
    record = held_by("frida", 30, std::vector<std::string>(domains, "x.example"));
    index.put(kThird, record);
  }
  auto records = some_records();
  records[kThird] = record;
  ASSERT_TRUE(index.set_head(some_head()));
  const std::string right = whole_text_of(index);
  const std::size_t size = index.bytes().size();
  index.compact();
  EXPECT_LT(index.bytes().size(), size);
  EXPECT_FALSE(index.is_wasteful());
  EXPECT_EQ(whole_text_of(index), right);
  const auto again = ClaimIndex::parse(index.bytes());
  ASSERT_TRUE(again);
  EXPECT_EQ(whole_text_of(*again), right);
}

TEST(ClaimIndex, HeadThatOutgrowsItsRoomNeedsCompact) {
  ClaimIndex index = some_index();
  IndexHead head = some_head();
  head.facts.last->domains.assign(500, "a-domain-of-some-length.example");
  ASSERT_FALSE(index.set_head(head));
  index.compact();
  const auto again = ClaimIndex::parse(index.bytes());
  ASSERT_TRUE(again);
  EXPECT_EQ(head_text_of(again->head()), head_text_of(head));
  EXPECT_EQ(text_of(*again), text_of(some_index()));
}

}  // namespace
}  // namespace smbatcher::test
