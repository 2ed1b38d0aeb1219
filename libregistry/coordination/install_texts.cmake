# install_texts.cc: what `coord-hook install` lays out, so that it needs no file beside the executable.
set(texts "")
foreach(name coordination/coordination.sh coordination/bin-stub.sh.in coordination/hook-stub.sh.in coordination/gitignore
             coordination/settings.json coordination/settings-later.json coordination/agents/codex.json
             coordination/agents/gemini.json coordination/agents/cursor.json coordination/agents/copilot.json
             coordination/agents/opencode.js schemas/coordination/work-registry.schema.json
             schemas/coordination/file-lock.schema.json schemas/coordination/decision-log.schema.json
             schemas/coordination/heartbeat.schema.json)
  set(file ${PROJECT_SOURCE_DIR}/data/${name})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  file(READ ${file} text)
  string(APPEND texts "    {\"${name}\", R\"__text__(${text})__text__\"},\n")
endforeach()
configure_file(${CMAKE_CURRENT_LIST_DIR}/install_texts.cc.in ${CMAKE_CURRENT_BINARY_DIR}/install_texts.cc @ONLY)
