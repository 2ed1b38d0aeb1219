# What `make install` lays out below the prefix. All of it is found relative to itself, so the whole can be moved.
#
#   bin/smbatcher                   runs a tool by name
#   libexec/smbatcher/<tool>        the tools
#   share/smbatcher/tools/<area>/   stubs under the paths that data/script-paths.txt lists
#   share/smbatcher/data/, share/doc/smbatcher/

# smb_executables(FOLDER RESULT): the executables defined in a folder and below it.
function(smb_executables folder result)
  get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
  get_property(subfolders DIRECTORY ${folder} PROPERTY SUBDIRECTORIES)
  foreach(target ${targets})
    get_target_property(type ${target} TYPE)
    if(type STREQUAL EXECUTABLE)
      list(APPEND found ${target})
    endif()
  endforeach()
  foreach(subfolder ${subfolders})
    smb_executables(${subfolder} below)
    list(APPEND found ${below})
  endforeach()
  set(${result} ${found} PARENT_SCOPE)
endfunction()

# smb_install_stubs(TOOL...): the stubs of those tools. One of a tool that is not built is left out, and
# tests/process/install_test.cc misses it then.
function(smb_install_stubs)
  set(script_paths ${PROJECT_SOURCE_DIR}/data/script-paths.txt)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${script_paths})
  file(STRINGS ${script_paths} lines REGEX "^[^#]")
  foreach(line ${lines})
    if(NOT line MATCHES "^(tools/[a-z]+)/([a-z-]+)[.](sh|py) +([a-z-]+)$")
      message(FATAL_ERROR "${script_paths}: '${line}' is not `tools/<area>/<name>.sh <tool>` (or .py)")
    endif()
    set(folder ${CMAKE_MATCH_1})
    set(name ${CMAKE_MATCH_2})
    set(language ${CMAKE_MATCH_3})
    set(tool ${CMAKE_MATCH_4})
    if(tool IN_LIST ARGN)
      set(stub ${PROJECT_BINARY_DIR}/stubs/${folder}/${name}.${language})
      configure_file(${PROJECT_SOURCE_DIR}/cmake/stub.${language}.in ${stub} @ONLY)
      install(PROGRAMS ${stub} DESTINATION share/smbatcher/${folder})
    endif()
  endforeach()
endfunction()

smb_executables(${PROJECT_SOURCE_DIR}/tools smb_tools)
list(REMOVE_ITEM smb_tools smbatcher)
smb_install_stubs(${smb_tools})
install(TARGETS smbatcher RUNTIME DESTINATION bin)
install(TARGETS ${smb_tools} RUNTIME DESTINATION libexec/smbatcher)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/data/ DESTINATION share/smbatcher/data)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs DESTINATION share/doc/smbatcher)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/README.md DESTINATION share/doc/smbatcher)
