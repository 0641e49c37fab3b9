# SPDX-License-Identifier: MIT
# Writes OUTPUT: one string constant for each of the FILES, named after the file, comments left out.
set(text "// Generated from sql/*.sql.\n#include \"lib/store/statements.hpp\"\n\nnamespace consolidador::statements {\n\n")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME_WE)
  file(STRINGS ${file} lines ENCODING UTF-8)
  list(FILTER lines EXCLUDE REGEX "^--")
  list(JOIN lines "\n" sql)
  string(APPEND text "const std::string_view ${name} = R\"sql(${sql})sql\";\n\n")
endforeach()
string(APPEND text "}  // namespace consolidador::statements\n")
file(WRITE ${OUTPUT} "${text}")
