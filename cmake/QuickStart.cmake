# smb_quick_start(TARGET): a static executable starts by tools/start/quick_start.cc where that is known to work, else as
# the C library starts it. Nothing but the time it takes tells them apart.
option(SMB_QUICK_START "Start tools without asking the processor what it is" ON)

set(smb_start_folder ${PROJECT_SOURCE_DIR}/tools/start)
if(SMB_QUICK_START AND SMB_STATIC AND NOT SMB_SANITIZE)
  try_run(SMB_QUICK_START_PROBE smb_quick_start_compiles
          SOURCES ${smb_start_folder}/probe.cc ${smb_start_folder}/quick_start.cc
          LINK_OPTIONS -static
          CXX_STANDARD 20)
  set(smb_quick_start FALSE)
  if(smb_quick_start_compiles AND SMB_QUICK_START_PROBE EQUAL 0)
    set(smb_quick_start TRUE)
    add_library(smb_start OBJECT ${smb_start_folder}/quick_start.cc)
    target_link_libraries(smb_start PRIVATE smb_flags)
  else()
    message(STATUS "Tools start as the C library starts them: quick_start.cc is not for this system")
  endif()
endif()

function(smb_quick_start target)
  if(smb_quick_start)
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:smb_start>)
  endif()
endfunction()
