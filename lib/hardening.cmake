# SPDX-License-Identifier: MIT
# What every build that ships or is installed is compiled and linked with; tests/hardening.py reads
# it in the binaries. A build for debugging, whose level of optimisation is another, goes without.
include(CheckCXXCompilerFlag)
include(CheckPIESupported)

set(CMAKE_POSITION_INDEPENDENT_CODE ON)
check_pie_supported(LANGUAGES CXX)

set(hardening_compile
  -fstack-protector-strong
  -fstack-clash-protection
  -ftrivial-auto-var-init=zero
  -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
  -D_GLIBCXX_ASSERTIONS)
# Where jumps may lead, as the processor has it.
foreach(flag -fcf-protection=full -mbranch-protection=standard)
  string(MAKE_C_IDENTIFIER "CONSOLIDADOR_HAS${flag}" known)
  check_cxx_compiler_flag(${flag} ${known})
  if(${known})
    list(APPEND hardening_compile ${flag})
  endif()
endforeach()
target_compile_options(consolidador_options INTERFACE ${hardening_compile})
target_link_options(consolidador_options INTERFACE
  -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
