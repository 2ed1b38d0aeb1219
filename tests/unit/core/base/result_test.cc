#include "libregistry/core/base/result.h"

#include <cerrno>

#include <gtest/gtest.h>

namespace smbatcher {
namespace {

Result<int> half(int value) {
  if (value % 2 != 0) {
    return fail(usage_error("invalid_argument", "'" + std::to_string(value) + "' is odd: give an even number"));
  }
  return value / 2;
}

Result<int> quarter(int value) {
  SMB_TRY(half(value));
  SMB_TRY_ASSIGN(const int first, half(value));
  SMB_TRY_ASSIGN(const int second, half(first));
  return second;
}

TEST(Result, BindsTheValueOrReturnsTheError) {
  EXPECT_EQ(quarter(8).value(), 2);
  EXPECT_EQ(quarter(7).error().reason.text(), "invalid_argument");
  EXPECT_EQ(quarter(6).error().message, "'3' is odd: give an even number");
}

TEST(Error, KeepsFactsInTheOrderTheyWereAdded) {
  const Error error = refused("held", "anna:60", "'003' is held").with("owner", "anna").with("retry_after_s", 60);
  EXPECT_EQ(error.code, Errc::kRefused);
  EXPECT_EQ(error.details, "anna:60");
  EXPECT_EQ(Json(error.facts).dump(), R"({"owner":"anna","retry_after_s":60})");
}

TEST(IoError, MapsTheSystemsNumberToAStableWord) {
  EXPECT_EQ(io_error("cannot open 'x'", EACCES).reason.text(), "permission_denied");
  EXPECT_EQ(io_error("cannot open 'x'", EPERM).reason.text(), "permission_denied");
  EXPECT_EQ(io_error("cannot write 'x'", ENOSPC).reason.text(), "no_space");
  EXPECT_EQ(io_error("cannot write 'x'", EDQUOT).reason.text(), "no_space");
  EXPECT_EQ(io_error("cannot write 'x'", EFBIG).reason.text(), "file_size_limit");
  EXPECT_EQ(io_error("cannot write 'x'", EROFS).reason.text(), "read_only_file_system");
  EXPECT_EQ(io_error("cannot open 'x'", EMFILE).reason.text(), "too_many_open_files");
  EXPECT_EQ(io_error("cannot read 'x'", EIO).reason.text(), "io_error");
}

TEST(IoError, EndsWithTheSystemsWords) {
  const Error error = io_error("cannot open 'x'", ENOENT);
  EXPECT_EQ(error.code, Errc::kIo);
  EXPECT_EQ(error.message, "cannot open 'x': No such file or directory");
}

}  // namespace
}  // namespace smbatcher
