# SPDX-License-Identifier: MIT
# The layer rule, by the includes: core <- config, db, sync, report; sync + db + config <- store
# <- preflight; daemon sees all. And one door for each foreign library.
cmake_minimum_required(VERSION 3.25)
set(may_core core)
set(may_config core config)
set(may_db core db)
set(may_sync core sync)
set(may_report core report)
set(may_store core config db sync store)
set(may_preflight core config db sync store preflight)

set(wrong "")
file(GLOB_RECURSE files RELATIVE ${ROOT} ${ROOT}/lib/*.[ch]pp ${ROOT}/daemon/*.[ch]pp)
list(LENGTH files count)
if(count LESS 40)
  message(FATAL_ERROR "only ${count} files found below ${ROOT}: is the path right?")
endif()
foreach(file IN LISTS files)
  file(STRINGS ${ROOT}/${file} includes REGEX "^ *#include")
  foreach(include IN LISTS includes)
    if(file MATCHES "^lib/([a-z]+)/" AND include MATCHES "\"(lib|daemon)/([a-z]*)")
      string(REGEX MATCH "^lib/([a-z]+)/" _ "${file}")
      set(layer ${CMAKE_MATCH_1})
      string(REGEX MATCH "\"(lib|daemon)/([a-z]*)" _ "${include}")
      if(CMAKE_MATCH_1 STREQUAL daemon OR NOT CMAKE_MATCH_2 IN_LIST may_${layer})
        string(APPEND wrong "\n  ${file}: lib/${layer} may not see it: ${include}")
      endif()
    endif()
  endforeach()
endforeach()

# One door for each foreign library: the header, and the only place that may include it.
foreach(door IN ITEMS
    "mysql\\.h|^lib/db/" "mysqld_error\\.h|^lib/db/" "errmsg\\.h|^lib/db/" "yaml-cpp/|^lib/config/"
    "boost/log/|^lib/core/log" "systemd/sd-journal\\.h|^lib/core/log_journal"
    "boost/asio|^daemon/" "sdbus-c\\+\\+/|^daemon/bus/versions\\."
    "daemon/bus/versions\\.hpp|^daemon/bus/(versions_[0-9]|codec|object|connection)\\.cpp"
    "systemd/sd-daemon\\.h|^daemon/service/notifier" "openssl/evp\\.h|^lib/core/huella"
    "openssl/err\\.h|^lib/db/" "date/tz\\.h|^lib/core/time_zone")
  string(REGEX MATCH "^([^|]*)[|](.*)$" _ "${door}")
  set(header ${CMAKE_MATCH_1})
  set(place ${CMAKE_MATCH_2})
  foreach(file IN LISTS files)
    if(file MATCHES "${place}")
      continue()
    endif()
    file(STRINGS ${ROOT}/${file} includes REGEX "^ *#include [<\"]${header}")
    if(includes)
      string(APPEND wrong "\n  ${file}: only ${place} may include ${includes}")
    endif()
  endforeach()
endforeach()

if(wrong)
  message(FATAL_ERROR "the layer rule is broken:${wrong}")
endif()
message(STATUS "${count} files keep the layer rule")
