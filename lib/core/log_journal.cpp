// SPDX-License-Identifier: MIT
#include "lib/core/log_journal.hpp"

#include <sys/stat.h>
#include <syslog.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include <fmt/format.h>

#include <cstdlib>

#include "lib/core/outlet.hpp"

namespace consolidador::log {
namespace {

int priority(Level level) {
  switch (level) {
    case Level::debug:
      return LOG_DEBUG;
    case Level::info:
      return LOG_INFO;
    case Level::warning:
      return LOG_WARNING;
    case Level::error:
      return LOG_ERR;
  }
  return LOG_NOTICE;
}

// journalctl MESSAGE_ID=... finds all entries of a kind. An id is never used for another kind.
std::string_view message_id(Event event) {
  switch (event) {
    case Event::other:
      return "";
    case Event::day_synced:
      return "48f26679dcee4981ac7e8c3f2e5503da";
    case Event::day_failed:
      return "c6876ab7144347c9b547dafb5a431b9f";
    case Event::day_held:
      return "a0956acd1b2a04163b764346b5be8297";
    case Event::day_copied:
      return "f847a34ea55d31a092e9c8d1ed1ef187";
    case Event::loss_approved:
      return "00376eeba3b52a2bbcab8c8435af8bb9";
    case Event::pos_begins_later:
      return "08f51f4740f538050226127f8b5ec3e5";
    case Event::machine_changed:
      return "0dc75b36f4acc9a4ef0e64c3c9166938";
    case Event::closed_day_changed:
      return "dc13b6cce4a54a059c3f0bb55df3c723";
    case Event::database_down:
      return "b8a00de2ded6446b86c4584bddb2ce36";
    case Event::database_up:
      return "5f19c765ff4f4f8f95ef33b23ab0d0e0";
    case Event::cycle:
      return "4101290baaca4e108d2113735c914091";
    case Event::health:
      return "12b3ddd4998047e9a75b5d6bb7cfc132";
    case Event::configuration:
      return "07dae765772f4bed8731c52f31e409ec";
  }
  return "";
}

}  // namespace

bool stderr_is_journal() noexcept {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat status {};
  if (!stream || ::fstat(STDERR_FILENO, &status) != 0) return false;
  return fmt::format("{}:{}", status.st_dev, status.st_ino) == stream;
}

std::vector<std::string> journal_fields(Level level, std::string_view message, const Fields& fields,
                                        std::int32_t branch) {
  std::vector<std::string> texts{fmt::format("PRIORITY={}", priority(level)),
                                 fmt::format("MESSAGE={}", for_journal(message))};
  if (branch != 0) texts.push_back(fmt::format("BRANCH={}", branch));
  if (fields.day) texts.push_back(fmt::format("DAY={}", consolidador::to_string(*fields.day)));
  if (!fields.target.empty()) texts.push_back(fmt::format("TARGET={}", for_journal(fields.target)));
  if (fields.job != 0) texts.push_back(fmt::format("JOB={}", fields.job));
  if (fields.code != 0) texts.push_back(fmt::format("ERRNO={}", fields.code));
  if (fields.event != Event::other)
    texts.push_back(fmt::format("MESSAGE_ID={}", message_id(fields.event)));
  return texts;
}

bool send_to_journal(Level level, std::string_view message, const Fields& fields,
                     std::int32_t branch) noexcept try {
  auto texts = journal_fields(level, message, fields, branch);
  std::vector<iovec> parts;
  for (auto& text : texts) parts.push_back({text.data(), text.size()});
  return sd_journal_sendv(parts.data(), static_cast<int>(parts.size())) == 0;
} catch (...) {
  return false;
}

}  // namespace consolidador::log
