#include "libregistry/core/base/ids.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace smbatcher {
namespace {

TEST(BatchId, IsShortAndPlain) {
  for (const std::string& id : {std::string("003"), std::string("a"), std::string("spring-2026_b.1"), std::string("-a"),
                                std::string(64, 'x')}) {
    EXPECT_TRUE(is_batch_id(id)) << id;
  }
  for (const std::string& id :
       {std::string(), std::string("-"), std::string(".hidden"), std::string(".."), std::string("a/b"),
        std::string("a b"), std::string("é"), std::string("a\n"), std::string("a\0b", 3), std::string(65, 'x')}) {
    EXPECT_FALSE(is_batch_id(id)) << id;
  }
}

TEST(Domain, IsAHostName) {
  const std::string label63(63, 'a');
  for (const std::string& domain :
       {std::string("bakery.example"), std::string("localhost"), std::string("a-b.c"), std::string("1.2.3.4"),
        std::string("xn--bcker-gra.example"), label63 + ".example"}) {
    EXPECT_TRUE(is_domain(domain)) << domain;
  }
  for (const std::string& domain :
       {std::string(), std::string("."), std::string(".example"), std::string("a..b"), std::string("example."),
        std::string("-a.example"), std::string("a-.example"), std::string("a_b.example"), std::string("a/b"),
        std::string("a.example:80"), std::string("bäcker.example"), label63 + "a.example"}) {
    EXPECT_FALSE(is_domain(domain)) << domain;
  }
}

TEST(Domain, IsAtMost253CharactersLong) {
  std::string longest = std::string(63, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') + ".";
  longest += std::string(253 - longest.size(), 'd');
  EXPECT_TRUE(is_domain(longest));
  EXPECT_FALSE(is_domain(longest + "d"));
}

TEST(Owner, HoldsNoColonAndNoControlCharacter) {
  for (const char* owner : {"anna", "agent 7", "Zoë", "anna@host/3", "日本"}) {
    EXPECT_TRUE(is_owner(owner)) << owner;
  }
  for (const char* owner : {"", "a:b", "a\nb", "a\tb", "\x7f", "a\xc2\x85", "\xff"}) {
    EXPECT_FALSE(is_owner(owner)) << owner;
  }
  EXPECT_TRUE(is_owner(std::string(128, 'a')));
  EXPECT_FALSE(is_owner(std::string(129, 'a')));
}

TEST(Owner, IsMeasuredInCharactersNotBytes) {
  std::string owner;
  for (int i = 0; i < 128; ++i) {
    owner += "é";
  }
  EXPECT_TRUE(is_owner(owner));
  EXPECT_FALSE(is_owner(owner + "é"));
}

TEST(BatchOrder, PutsNumbersByValueBeforeOtherIds) {
  std::vector<std::string> ids{"b", "100", "9", "A", "010", "002", "a", "1", "99999999999999999999", "3"};
  std::sort(ids.begin(), ids.end(), BatchIdLess());
  EXPECT_EQ(ids, (std::vector<std::string>{"1", "002", "3", "9", "010", "100", "99999999999999999999", "A", "a", "b"}));
}

TEST(BatchOrder, KeepsTwoSpellingsOfOneValueApart) {
  EXPECT_TRUE(batch_id_less("003", "3"));
  EXPECT_FALSE(batch_id_less("3", "003"));
  EXPECT_FALSE(batch_id_less("003", "003"));
  EXPECT_TRUE(same_batch_value("3", "003"));
  EXPECT_TRUE(same_batch_value("000", "0"));
  EXPECT_FALSE(same_batch_value("3", "30"));
  EXPECT_FALSE(same_batch_value("a", "a"));
}

TEST(NextBatchId, CountsUpInItsOwnWidth) {
  EXPECT_EQ(next_batch_id(""), "001");
  EXPECT_EQ(next_batch_id("spring"), "001");
  EXPECT_EQ(next_batch_id("003"), "004");
  EXPECT_EQ(next_batch_id("009"), "010");
  EXPECT_EQ(next_batch_id("999"), "1000");
  EXPECT_EQ(next_batch_id("7"), "8");
  EXPECT_EQ(next_batch_id("99999999999999999999"), "100000000000000000000");
}

TEST(FreshOwner, IsValidAndNeverTheSame) {
  const std::string owner = fresh_owner();
  EXPECT_TRUE(is_owner(owner));
  EXPECT_EQ(owner.size(), std::string("anon-").size() + 16);
  EXPECT_EQ(owner.rfind("anon-", 0), 0U);
  EXPECT_NE(owner, fresh_owner());
}

}  // namespace
}  // namespace smbatcher
