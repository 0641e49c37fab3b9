# SPDX-License-Identifier: MIT
# Writes OUTPUT.hpp and OUTPUT.cpp: one string constant for each of the FILES, named after the file, comments
# left out.
set(declarations "")
set(definitions "")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME_WE)
  file(STRINGS ${file} lines ENCODING UTF-8)
  list(FILTER lines EXCLUDE REGEX "^--")
  list(JOIN lines "\n" sql)
  string(APPEND declarations "extern const std::string_view ${name};\n")
  string(APPEND definitions "const std::string_view ${name} = R\"sql(${sql})sql\";\n\n")
endforeach()
file(WRITE ${OUTPUT}.hpp "// Generated from sql/, where each statement is explained.
#pragma once
#include <string_view>

namespace consolidador::statements {

${declarations}
}  // namespace consolidador::statements
")
file(WRITE ${OUTPUT}.cpp "// Generated from sql/.
#include \"lib/store/statements.hpp\"

namespace consolidador::statements {

${definitions}}  // namespace consolidador::statements
")
