# What `make install` lays out below the prefix. All of it is found relative to itself, so the whole can be moved.
#
#   bin/smbatcher                    the program
#   libexec/smbatcher/smbatcher-net  the other one
#   libexec/smbatcher/<tool>         a link to one of the two
#   share/smbatcher/tools/<area>/    stubs under the paths that data/script-paths.txt lists
#   share/smbatcher/data/, share/doc/smbatcher/
#   share/man/man1/, and the completions of bash, zsh and fish where these look for them

# smb_install_stubs(TOOL...): the stubs of those tools.
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

# smb_install_names(PROGRAM TARGET): a link in libexec/smbatcher for each of the program's operations.
function(smb_install_names program target)
  get_target_property(names ${program} SMB_NAMES)
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/links)
  foreach(name ${names})
    set(link ${PROJECT_BINARY_DIR}/links/${name})
    file(CREATE_LINK ${target} ${link} SYMBOLIC)
    install(FILES ${link} DESTINATION libexec/smbatcher)
  endforeach()
  smb_install_stubs(${names})
endfunction()

install(TARGETS smbatcher RUNTIME DESTINATION bin)
install(TARGETS smbatcher-net RUNTIME DESTINATION libexec/smbatcher)
smb_install_names(smbatcher ../../bin/smbatcher)
smb_install_names(smbatcher-net smbatcher-net)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/data/ DESTINATION share/smbatcher/data USE_SOURCE_PERMISSIONS
        PATTERN man EXCLUDE PATTERN completions EXCLUDE)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/data/man/ DESTINATION share/man/man1)
install(FILES ${PROJECT_SOURCE_DIR}/data/completions/smbatcher.bash
        DESTINATION share/bash-completion/completions RENAME smbatcher)
install(FILES ${PROJECT_SOURCE_DIR}/data/completions/_smbatcher DESTINATION share/zsh/site-functions)
install(FILES ${PROJECT_SOURCE_DIR}/data/completions/smbatcher.fish DESTINATION share/fish/vendor_completions.d)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs DESTINATION share/doc/smbatcher)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/README.md DESTINATION share/doc/smbatcher)
