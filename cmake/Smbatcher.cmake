# What every target of the project shares: warnings, sanitizers, and one function for each kind of target.

add_library(smb_flags INTERFACE)
target_compile_options(smb_flags INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)
# g++ 12 sees overlaps in "a" + std::string and writes into nothing in std::variant (GCC bugs 105329, 105562).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(smb_flags INTERFACE -Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow)
endif()
target_include_directories(smb_flags INTERFACE ${PROJECT_SOURCE_DIR})
if(SMB_SANITIZE)
  target_compile_options(smb_flags INTERFACE -fsanitize=${SMB_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g)
  target_link_options(smb_flags INTERFACE -fsanitize=${SMB_SANITIZE})
  set(SMB_STATIC OFF)
endif()

# smb_library(NAME SOURCES a.cc ... LINKS smb_base ... PRIVATE_LINKS third_party ...)
#
# One static library per folder of libregistry. LINKS are the folders above it; what is not named here cannot be
# linked, so the layering is checked by the linker.
function(smb_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS;PRIVATE_LINKS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC smb_flags ${ARG_LINKS} PRIVATE ${ARG_PRIVATE_LINKS})
endfunction()

# smb_tool(NAME SOURCE LINKS ...): one executable in build/bin.
function(smb_tool name source)
  cmake_parse_arguments(ARG "" "" "LINKS" ${ARGN})
  add_executable(${name} ${source})
  target_link_libraries(${name} PRIVATE smb_flags ${ARG_LINKS})
  if(SMB_STATIC)
    target_link_options(${name} PRIVATE -static -Wl,--gc-sections)
  endif()
endfunction()

# smb_unit_test(NAME SOURCES ... LINKS ...): one GoogleTest executable per folder, its tests registered with CTest.
function(smb_unit_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE smb_flags ${ARG_LINKS} GTest::gtest GTest::gmock GTest::gtest_main)
  gtest_discover_tests(${name} PROPERTIES LABELS unit DISCOVERY_TIMEOUT 60)
endfunction()

# smb_process_tests(LABEL): one executable for each *_test.cc of the folder, so that a change of one test compiles and
# links one.
function(smb_process_tests label)
  file(GLOB sources CONFIGURE_DEPENDS *_test.cc)
  foreach(source ${sources})
    cmake_path(GET source STEM name)
    add_executable(${name} ${source})
    target_link_libraries(${name} PRIVATE smb_flags smb_test_support GTest::gtest GTest::gmock GTest::gtest_main)
    gtest_discover_tests(${name} PROPERTIES LABELS ${label} TIMEOUT 300 DISCOVERY_TIMEOUT 60)
  endforeach()
endfunction()
