// What <iostream> sets up before main(), left out: cin, cout and their like, with the locale behind them, cost a
// twentieth of a claim, and no tool reads or writes through them. CLI11 and yaml-cpp include the header all the same.
//
// smb_tool() in cmake/Smbatcher.cmake links with `--wrap` of the two functions below, which every including file calls.
// Whoever used a standard stream would use an object that was never made, so tests/process/startup_test.cc looks for
// them in the tools.

namespace smbatcher {

// The names are the linker's: "__wrap_" before std::ios_base::Init's constructor and destructor.
void leave_standard_streams_out(void* init) asm("__wrap__ZNSt8ios_base4InitC1Ev");
void keep_standard_streams_out(void* init) asm("__wrap__ZNSt8ios_base4InitD1Ev");

void leave_standard_streams_out(void* /*init*/) {}
void keep_standard_streams_out(void* /*init*/) {}

}  // namespace smbatcher
