# What every target of the project shares: warnings, sanitizers, and one function for each kind of target.

add_library(smb_flags INTERFACE)
target_compile_options(smb_flags INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)
# g++ 12 sees overlaps in "a" + std::string and writes into nothing in std::variant (GCC bugs 105329, 105562).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(smb_flags INTERFACE -Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow)
endif()
target_include_directories(smb_flags INTERFACE ${PROJECT_SOURCE_DIR})
# So that a tool holds the functions that it calls, not all that were compiled with them.
target_compile_options(smb_flags INTERFACE -ffunction-sections -fdata-sections)
if(SMB_SANITIZE)
  target_compile_options(smb_flags INTERFACE -fsanitize=${SMB_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1)
  target_link_options(smb_flags INTERFACE -fsanitize=${SMB_SANITIZE})
  set(SMB_STATIC OFF)
endif()

# Tests of what starts threads, or forks beside them. Their label ends in "-threads", and the target `threaded` builds
# them and the tools: what ThreadSanitizer looks at (`make sanitize`).
set(smb_threaded_tests fs_test process_run_test ledger_orders_test with_lease_test html_test)
add_custom_target(threaded)

# smb_label(RESULT TEST LABEL)
function(smb_label result test label)
  if(test IN_LIST smb_threaded_tests)
    add_dependencies(threaded ${test})
    string(APPEND label -threads)
  endif()
  set(${result} ${label} PARENT_SCOPE)
endfunction()


# smb_together(TARGET FILE ...): compiles the target's sources eight at a time, as most of the work is in the headers
# that they share and what these generate; FILEs are compiled each by itself.
function(smb_together target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${SMB_UNITY} UNITY_BUILD_BATCH_SIZE 8)
  if(ARGN)
    set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  endif()
endfunction()

# smb_library(NAME SOURCES a.cc ... ALONE b.cc ... LINKS smb_base ... PRIVATE_LINKS third_party ...)
#
# One static library per folder of libregistry. LINKS are the folders above it; what is not named here cannot be
# linked, so the layering is checked by the linker. ALONE are objects that a tool may take or leave, or that
# tests/variants replaces.
function(smb_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;ALONE;LINKS;PRIVATE_LINKS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES} ${ARG_ALONE})
  smb_together(${name} ${ARG_ALONE})
  target_link_libraries(${name} PUBLIC smb_flags ${ARG_LINKS} PRIVATE ${ARG_PRIVATE_LINKS})
endfunction()

# smb_unit_test(NAME SOURCES ... ALONE ... LINKS ...): one GoogleTest executable per folder, its tests registered with
# CTest. ALONE are sources that give a name of another file a second meaning.
function(smb_unit_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;ALONE;LINKS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES} ${ARG_ALONE})
  smb_together(${name} ${ARG_ALONE})
  target_link_libraries(${name} PRIVATE smb_flags ${ARG_LINKS} GTest::gtest GTest::gmock GTest::gtest_main)
  smb_label(labels ${name} unit)
  gtest_discover_tests(${name} PROPERTIES LABELS ${labels} DISCOVERY_TIMEOUT 60)
endfunction()

# smb_process_tests(NAME LABEL SOURCES ... LINKS ...): one executable of tests that run the built tools.
function(smb_process_tests name label)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  smb_together(${name})
  target_link_libraries(${name} PRIVATE smb_flags smb_test_support ${ARG_LINKS} GTest::gtest GTest::gmock GTest::gtest_main)
  smb_label(labels ${name} ${label})
  gtest_discover_tests(${name} PROPERTIES LABELS ${labels} DISCOVERY_TIMEOUT 60)
endfunction()
