// SPDX-License-Identifier: MIT
#include "lib/db/interrupter.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace consolidador {
namespace {

thread_local Interrupter* current = nullptr;

}  // namespace

Interrupter::Scope::Scope(Interrupter& interrupter) : interrupter_(interrupter) {
  const std::lock_guard lock(interrupter.mutex_);
  interrupter.interrupted_ = false;
  current = &interrupter;
}

Interrupter::Scope::~Scope() {
  current = nullptr;
}

Interrupter::Attachment::Attachment(int socket) : interrupter_(current) {
  if (!interrupter_) return;
  duplicate_ = ::fcntl(socket, F_DUPFD_CLOEXEC, 0);
  if (duplicate_ >= 0) interrupter_->attach(duplicate_);
}

Interrupter::Attachment::~Attachment() {
  if (duplicate_ < 0) return;
  interrupter_->detach(duplicate_);
  ::close(duplicate_);
}

void Interrupter::interrupt() {
  const std::lock_guard lock(mutex_);
  interrupted_ = true;
  for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
}

void Interrupter::attach(int duplicate) {
  const std::lock_guard lock(mutex_);
  sockets_.push_back(duplicate);
  if (interrupted_) ::shutdown(duplicate, SHUT_RDWR);
}

void Interrupter::detach(int duplicate) {
  const std::lock_guard lock(mutex_);
  std::erase(sockets_, duplicate);
}

}  // namespace consolidador
