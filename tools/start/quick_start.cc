// What runs between the kernel and main(): glibc's own start of a static program, without its questions to the
// processor.
//
// glibc asks the CPUID instruction some fifty times which caches and which vector units there are, for the fastest
// memcpy(3). In a virtual machine each question is answered by the hypervisor: together 0.2 ms, a quarter of a claim,
// to copy a few kilobytes. Nobody asked, so glibc's string functions are those that every x86-64 processor has.
//
// It does what glibc 2.36 does (csu/libc-start.c), step by step, with glibc's own functions, and stands in for the
// object that has them: it is linked with no other version (cmake/QuickStart.cmake). What it leaves out besides: the
// way to end main()'s thread by pthread_exit(3), and the list of loaded objects for debuggers.

#include <elf.h>
#include <link.h>
#include <stdlib.h>

#include <cstddef>
#include <cstdint>

#if !defined(__x86_64__) || __GLIBC__ != 2 || __GLIBC_MINOR__ != 36
#error "written for glibc 2.36 on x86-64: configure with -DSMB_QUICK_START=OFF"
#endif

// The names are glibc's.
// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl*,performance-no-int-to-ptr,readability-identifier-naming)
extern "C" {

using MainFunction = int (*)(int, char**, char**);
using StartFunction = void (*)(int, char**, char**);
using EndFunction = void (*)();

extern char** __environ;
extern void* __libc_stack_end;
extern int __libc_enable_secure;
extern const std::uintptr_t* _dl_random;  // 16 random bytes from the kernel
extern const Elf64_Rela __rela_iplt_start[];
extern const Elf64_Rela __rela_iplt_end[];
extern const StartFunction __preinit_array_start[];
extern const StartFunction __preinit_array_end[];
extern const StartFunction __init_array_start[];
extern const StartFunction __init_array_end[];
extern const EndFunction __fini_array_start[];
extern const EndFunction __fini_array_end[];

void _dl_aux_init(Elf64_auxv_t* vector);
void __tunables_init(char** environment);
void __libc_setup_tls();
void __libc_early_init(bool initial);
void __libc_init_first(int argc, char** argv, char** environment);
void __libc_check_standard_fds();
int __cxa_atexit(void (*function)(void*), void* argument, void* object);
void _init();
void _fini();

// From which size on memcpy(3) and memset(3) take another way, for the caches that glibc assumes unasked. No copy
// passes by the caches: what a tool copies, it reads or writes next.
long __x86_data_cache_size_half = 32L * 1024 / 2;
long __x86_data_cache_size = 32L * 1024;
long __x86_shared_cache_size_half = 1024L * 1024 / 2;
long __x86_shared_cache_size = 1024L * 1024;
long __x86_shared_non_temporal_threshold = 1L << 40;
long __x86_rep_movsb_threshold = 2048;
long __x86_rep_stosb_threshold = 2048;
long __x86_rep_movsb_stop_threshold = 1L << 40;
int __x86_string_control = 0;

[[noreturn]] void __libc_start_main(MainFunction main, int argc, char** argv, EndFunction init, EndFunction fini,
                                    EndFunction loader_fini, void* stack_end);
}

namespace {

void call_fini(void* /*unused*/) {
  for (const EndFunction* function = __fini_array_end; function != __fini_array_start;) {
    (*--function)();
  }
  _fini();
}

void call_all(const StartFunction* begin, const StartFunction* end, int argc, char** argv) {
  for (const StartFunction* function = begin; function != end; ++function) {
    (*function)(argc, argv, __environ);
  }
}

// Each entry is a function that answers which variant of a function to take.
void choose_variants() {
  for (const Elf64_Rela* entry = __rela_iplt_start; entry != __rela_iplt_end; ++entry) {
    const auto choose = reinterpret_cast<Elf64_Addr (*)()>(entry->r_addend);
    *reinterpret_cast<Elf64_Addr*>(entry->r_offset) = choose();
  }
}

}  // namespace

// The guard that a stack protector compares is set in here.
__attribute__((no_stack_protector)) void __libc_start_main(MainFunction main, int argc, char** argv,
                                                           EndFunction /*init*/, EndFunction /*fini*/,
                                                           EndFunction /*loader_fini*/, void* stack_end) {
  __environ = argv + argc + 1;
  __libc_stack_end = stack_end;
  char** after_environment = __environ;
  while (*after_environment++ != nullptr) {
  }
  _dl_aux_init(reinterpret_cast<Elf64_auxv_t*>(after_environment));
  __tunables_init(__environ);
  choose_variants();
  __libc_setup_tls();
  const std::uintptr_t stack_guard = _dl_random[0] & ~std::uintptr_t{0xFF};  // a zero byte ends a string
  const std::uintptr_t pointer_guard = _dl_random[1];
  __asm__ volatile("mov %0, %%fs:0x28" : : "r"(stack_guard));
  __asm__ volatile("mov %0, %%fs:0x30" : : "r"(pointer_guard));
  __libc_early_init(true);
  __libc_init_first(argc, argv, __environ);
  __cxa_atexit(call_fini, nullptr, nullptr);
  if (__libc_enable_secure != 0) {
    __libc_check_standard_fds();
  }
  call_all(__preinit_array_start, __preinit_array_end, argc, argv);
  _init();
  call_all(__init_array_start, __init_array_end, argc, argv);
  exit(main(argc, argv, __environ));
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl*,performance-no-int-to-ptr,readability-identifier-naming)
