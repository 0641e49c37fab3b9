# SPDX-License-Identifier: MIT
# Files become string constants, so that the binaries need none of them at run time.

# embed_texts(TARGET NAMESPACE HEADER FILES...): the target gains HEADER, such as lib/store/statements.hpp, with a
# std::string_view for each of the files, named after the file, in consolidador::NAMESPACE. Lines that are a comment
# (--, <!-- -->, /* */) and the end of the last line are left out.
function(embed_texts target namespace header)
  set(generated ${PROJECT_BINARY_DIR}/generated)
  string(REGEX REPLACE "\\.hpp$" ".cpp" source ${header})
  add_custom_command(
    OUTPUT ${generated}/${header} ${generated}/${source}
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${generated} -DHEADER=${header} -DSOURCE=${source}
            -DNAMESPACE=${namespace} "-DFILES=${ARGN}" -P ${CMAKE_CURRENT_FUNCTION_LIST_FILE}
    DEPENDS ${ARGN} ${CMAKE_CURRENT_FUNCTION_LIST_FILE}
    VERBATIM)
  target_sources(${target} PRIVATE ${generated}/${header} ${generated}/${source})
  target_include_directories(${target} PUBLIC ${generated})
endfunction()

if(NOT CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  return()
endif()

set(declarations "")
set(definitions "")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME_WE)
  file(READ ${file} text)
  string(REGEX REPLACE "(^|\n)((--[^\n]*|<!--[^\n]*-->|/\\*[^\n]*\\*/)\n)+" "\\1"
         text "${text}")
  string(STRIP "${text}" text)
  string(APPEND declarations "extern const std::string_view ${name};\n")
  string(APPEND definitions "const std::string_view ${name} = R\"text(${text})text\";\n\n")
endforeach()
file(WRITE ${FOLDER}/${HEADER} "// Generated: the texts of files, where each is explained.
#pragma once
#include <string_view>

namespace consolidador::${NAMESPACE} {

${declarations}
}  // namespace consolidador::${NAMESPACE}
")
file(WRITE ${FOLDER}/${SOURCE} "// Generated.
#include \"${HEADER}\"

namespace consolidador::${NAMESPACE} {

${definitions}}  // namespace consolidador::${NAMESPACE}
")
