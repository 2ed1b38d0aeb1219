#pragma once

/// File operations that do as the environment says: what the tools in build/variants use in place of the shipped ones.
///
/// Operations are counted from 1 in each process, of all kinds together.
///
///   SMB_SEAM_TRACE=PATH   appends a line before each: number, name, what SMB_SEAM_DO does to it (or "-"), and the path
///                         that it is about
///   SMB_SEAM_AT=N         the number of the operation that SMB_SEAM_DO is for
///   SMB_SEAM_DO=…         what happens there:
///     kill                the process is killed before the operation
///     stop                the process is stopped before the operation; SIGCONT lets it go on
///     term, int, hup      the process gets that signal before the operation, which is made if it lives on
///     short               read(2) and write(2) move one byte; others are as always
///     EIO, ENOSPC, …      the operation is not made and fails with that error
///
/// Without these variables every operation is the shipped one and nothing else.
namespace smbatcher::test {

inline constexpr const char* kSeamTrace = "SMB_SEAM_TRACE";
inline constexpr const char* kSeamAt = "SMB_SEAM_AT";
inline constexpr const char* kSeamDo = "SMB_SEAM_DO";

}  // namespace smbatcher::test
