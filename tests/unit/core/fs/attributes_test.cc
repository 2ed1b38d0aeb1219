#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/faulty_file_ops.h"
#include "tests/unit/core/fs/replacing.h"

namespace smbatcher::test {
namespace {

constexpr const char* kAcl = "system.posix_acl_access";
constexpr const char* kDefaultAcl = "system.posix_acl_default";

// The xattr form of "user::rw-,user:12345:r--,group::r--,mask::r--,other::---" (linux/posix_acl_xattr.h).
std::string acl_bytes() {
  std::string bytes;
  const auto number = [&](std::uint32_t value, int size) {
    for (int i = 0; i < size; ++i) {
      bytes.push_back(static_cast<char>((value >> (8 * i)) & 0xFFU));
    }
  };
  const auto entry = [&](std::uint32_t tag, std::uint32_t permission, std::uint32_t id) {
    number(tag, 2);
    number(permission, 2);
    number(id, 4);
  };
  constexpr std::uint32_t kNobody = 0xFFFFFFFF;
  number(2, 4);
  entry(0x01, 6, kNobody);
  entry(0x02, 4, 12345);
  entry(0x04, 4, kNobody);
  entry(0x10, 4, kNobody);
  entry(0x20, 0, kNobody);
  return bytes;
}

std::optional<std::string> xattr(const std::string& path, const char* name) {
  std::array<char, 256> value{};
  const ssize_t length = ::getxattr(path.c_str(), name, value.data(), value.size());
  if (length < 0) {
    return std::nullopt;
  }
  return std::string(value.data(), static_cast<std::size_t>(length));
}

bool set_xattr(const std::string& path, const char* name, const std::string& value) {
  return ::setxattr(path.c_str(), name, value.data(), value.size(), 0) == 0;
}

struct stat state_of(const Target& target) {
  struct stat status {};
  EXPECT_EQ(::stat(target.names.target.c_str(), &status), 0);
  return status;
}

TEST(Attributes, ModeIsKept) {
  for (const mode_t mode : {0644U, 0600U, 0664U, 0444U, 0751U}) {
    Target target;
    ASSERT_EQ(::chmod(target.names.target.c_str(), mode), 0);
    target.look();
    ASSERT_TRUE(replace(system_file_ops(), target));
    EXPECT_EQ(target.now(), kNew);
    EXPECT_EQ(state_of(target).st_mode & 07777U, mode);
  }
}

TEST(Attributes, UserXattrsAreKept) {
  Target target;
  if (!set_xattr(target.names.target, "user.one", "1")) {
    GTEST_SKIP() << "the file system of TMPDIR has no user xattrs: " << std::strerror(errno);
  }
  ASSERT_TRUE(set_xattr(target.names.target, "user.empty", ""));
  target.look();
  ASSERT_TRUE(replace(system_file_ops(), target));
  EXPECT_EQ(target.now(), kNew);
  EXPECT_EQ(xattr(target.names.target, "user.one"), "1");
  EXPECT_EQ(xattr(target.names.target, "user.empty"), "");
}

TEST(Attributes, AclIsKept) {
  Target target;
  if (!set_xattr(target.names.target, kAcl, acl_bytes())) {
    GTEST_SKIP() << "the file system of TMPDIR has no ACLs: " << std::strerror(errno);
  }
  target.look();
  ASSERT_TRUE(replace(system_file_ops(), target));
  EXPECT_EQ(target.now(), kNew);
  EXPECT_EQ(xattr(target.names.target, kAcl), acl_bytes());
}

TEST(Attributes, DefaultAclOfTheFolderOpensNothing) {
  Target target;
  if (!set_xattr(target.dir.path(), kDefaultAcl, acl_bytes())) {
    GTEST_SKIP() << "the file system of TMPDIR has no ACLs: " << std::strerror(errno);
  }
  ASSERT_TRUE(replace(system_file_ops(), target));
  EXPECT_EQ(target.now(), kNew);
  EXPECT_EQ(xattr(target.names.target, kAcl), std::nullopt);
  EXPECT_EQ(state_of(target).st_mode & 07777U, target.original.state.mode & 07777U);
}

TEST(Attributes, AclThatCannotBeKeptRefuses) {
  Target target;
  if (!set_xattr(target.names.target, kAcl, acl_bytes())) {
    GTEST_SKIP() << "the file system of TMPDIR has no ACLs: " << std::strerror(errno);
  }
  target.look();
  FaultyFileOps ops;
  ops.fail_always("fsetxattr", EPERM);
  const auto refused = replace(ops, target);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason.text(), "cannot_keep_ownership");
  EXPECT_EQ(target.now(), kOld);
  EXPECT_THAT(target.dir.list(), ::testing::ElementsAre("REGISTRY.md"));
}

TEST(Attributes, OwnerAndGroupAreKeptByRoot) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "only root may give files away";
  }
  Target target;
  ASSERT_EQ(::chown(target.names.target.c_str(), 1234, 2345), 0);
  ASSERT_EQ(::chmod(target.names.target.c_str(), 0640), 0);
  target.look();
  ASSERT_TRUE(replace(system_file_ops(), target));
  EXPECT_EQ(target.now(), kNew);
  EXPECT_EQ(state_of(target).st_uid, 1234U);
  EXPECT_EQ(state_of(target).st_gid, 2345U);
  EXPECT_EQ(state_of(target).st_mode & 07777U, 0640U);
}

TEST(Attributes, OwnerMayBeLostWhenTheGroupIsKept) {
  Target target;
  target.original.state.owner += 1;  // as when another person of the group had created the file
  FaultyFileOps ops;
  ops.fail_always("fchown", EPERM);
  const auto staged = stage_replacement(ops, target.names, target.original, kNew);
  ASSERT_TRUE(staged) << staged.error().message;
  EXPECT_EQ(ops.count("fchown"), 1);
}

TEST(Attributes, GroupThatCannotBeKeptRefuses) {
  Target target;
  target.original.state.group += 1;
  FaultyFileOps ops;
  ops.fail_always("fchown", EPERM);
  const auto refused = stage_replacement(ops, target.names, target.original, kNew);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kIo);
  EXPECT_EQ(refused.error().reason.text(), "cannot_keep_ownership");
  EXPECT_THAT(target.dir.list(), ::testing::ElementsAre("REGISTRY.md"));
}

TEST(Attributes, ModeThatCannotBeKeptRefuses) {
  Target target;
  FaultyFileOps ops;
  ops.fail_always("fchmod", EPERM);
  const auto refused = stage_replacement(ops, target.names, target.original, kNew);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason.text(), "cannot_keep_ownership");
}

TEST(Attributes, FileSystemWithoutXattrsIsFine) {
  Target target;
  FaultyFileOps ops;
  ops.fail_always("flistxattr", EOPNOTSUPP);
  EXPECT_TRUE(replace(ops, target));
  EXPECT_EQ(target.now(), kNew);
}

}  // namespace
}  // namespace smbatcher::test
