# cmake -DSOURCE=a.cc -DFROM=file -DTO=file -DOUTPUT=b.cc -P replace_once.cmake
#
# Copies a source with one text of it replaced. Fails when the text does not occur exactly once: a control whose fault
# is no longer in the program would be green for the wrong reason.
file(READ ${SOURCE} source)
file(READ ${FROM} from)
file(READ ${TO} to)

string(FIND "${source}" "${from}" first)
string(FIND "${source}" "${from}" last REVERSE)
if(first EQUAL -1)
  message(FATAL_ERROR "${SOURCE} no longer contains this text; correct the list in tests/variants/CMakeLists.txt:\n${from}")
endif()
if(NOT first EQUAL last)
  message(FATAL_ERROR "${SOURCE} contains this text more than once; name a longer one in tests/variants/CMakeLists.txt:\n${from}")
endif()

string(REPLACE "${from}" "${to}" broken "${source}")
# Compilers and debuggers speak of the source's own lines.
file(WRITE ${OUTPUT} "#line 1 \"${SOURCE}\"\n${broken}")
