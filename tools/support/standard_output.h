#pragma once

#include <string_view>

namespace smbatcher {

/// Makes a failed write an error to look at instead of a signal that kills, and gives descriptors 0 and 2 a place to
/// lead to, so that no file that is opened later becomes the standard error of somebody's printf. To be called first.
///
/// False when standard output is closed: an answer that nobody can read must change nothing, and the next file that is
/// opened would get its number and then the answer as its text.
bool prepare_standard_output();

/// Writes all of `text` and leaves standard output open, for a tool that shows the same again and again.
bool write_standard_output(std::string_view text);

/// Writes all of `text` with write(2) and closes standard output, which is where some file systems report a full disk.
/// False when any of it failed. For the one answer at the end of a process.
bool finish_standard_output(std::string_view text);

}  // namespace smbatcher
