// SPDX-License-Identifier: MIT
// Faults that no relay can make, loaded before the daemon (LD_PRELOAD; support/faults.py):
// - a disk that does not answer: what syncs a file or folder below $FAULT_DISK waits as long as the
//   file $FAULT_DISK.held is there, and makes $FAULT_DISK.waiting meanwhile;
// - a name server that does not answer: who asks for $FAULT_NAME waits as long as $FAULT_DISK.deaf
// is
//   there, and makes $FAULT_DISK.asking; else the name is 127.0.0.1's.
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <unistd.h>

#include <climits>
#include <cstdlib>
#include <string>

namespace {

std::string beside_folder(const char* suffix) {
  const char* folder = std::getenv("FAULT_DISK");
  return std::string(folder ? folder : "/nowhere") + suffix;
}

void wait_while(const char* held, const char* waiting) {
  const auto flag = beside_folder(held), told = beside_folder(waiting);
  while (::access(flag.c_str(), F_OK) == 0) {
    ::close(::open(told.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    ::poll(nullptr, 0, 5);
  }
  ::unlink(told.c_str());
}

void hold(int descriptor) {
  char path[PATH_MAX];
  const auto link = "/proc/self/fd/" + std::to_string(descriptor);
  const auto size = ::readlink(link.c_str(), path, sizeof path);
  if (size > 0 && std::string(path, static_cast<std::size_t>(size)).starts_with(beside_folder("/")))
    wait_while(".held", ".waiting");
}

template <typename Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

int fsync(int descriptor) {
  hold(descriptor);
  return next<int(int)>("fsync")(descriptor);
}

int fdatasync(int descriptor) {
  hold(descriptor);
  return next<int(int)>("fdatasync")(descriptor);
}

int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** found) {
  const char* name = std::getenv("FAULT_NAME");
  if (name && node && std::string(node) == name) {
    wait_while(".deaf", ".asking");
    node = "127.0.0.1";
  }
  return next<decltype(getaddrinfo)>("getaddrinfo")(node, service, hints, found);
}
}
