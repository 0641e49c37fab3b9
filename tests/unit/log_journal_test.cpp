// SPDX-License-Identifier: MIT
#include "lib/core/log_journal.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <set>

#include "tests/support/catch.hpp"

namespace consolidador {
namespace {

using Texts = std::vector<std::string>;

TEST_CASE("an entry of the journal says in fields what the message is about") {
  const log::Fields fields{log::Event::day_failed, parse_date("2026-01-05"), "vps", 7, 1205};
  CHECK(log::journal_fields(log::Level::error, "lock wait", fields, 99) ==
        Texts{"PRIORITY=3", "MESSAGE=lock wait", "BRANCH=99", "DAY=2026-01-05", "TARGET=vps",
              "JOB=7", "ERRNO=1205", "MESSAGE_ID=c6876ab7144347c9b547dafb5a431b9f"});
}

TEST_CASE("what an entry is not about is not a field of it") {
  CHECK(log::journal_fields(log::Level::warning, "x", {}, 0) == Texts{"PRIORITY=4", "MESSAGE=x"});
}

TEST_CASE("each kind of event has an id of its own: 32 hexadecimal digits") {
  std::set<std::string> ids;
  for (const auto event :
       {log::Event::day_synced, log::Event::day_failed, log::Event::day_held,
        log::Event::day_copied, log::Event::loss_approved, log::Event::pos_begins_later,
        log::Event::machine_changed, log::Event::closed_day_changed, log::Event::database_down,
        log::Event::database_up, log::Event::cycle, log::Event::health,
        log::Event::configuration}) {
    const auto id = log::journal_fields(log::Level::info, "", {event, {}, "", 0, 0}, 0).back();
    CHECK(id.starts_with("MESSAGE_ID="));
    CHECK(id.find_first_not_of("0123456789abcdef", 11) == std::string::npos);
    CHECK(id.size() == 11 + 32);
    ids.insert(id);
  }
  CHECK(ids.size() == 13);
}

TEST_CASE("stderr is the journal when systemd says so of this very stream") {
  struct stat status {};
  ::fstat(STDERR_FILENO, &status);
  CHECK_FALSE(log::stderr_is_journal());
  ::setenv("JOURNAL_STREAM", fmt::format("{}:{}", status.st_dev, status.st_ino).c_str(), 1);
  CHECK(log::stderr_is_journal());
  ::setenv("JOURNAL_STREAM", "0:0", 1);  // inherited, but stderr goes elsewhere
  CHECK_FALSE(log::stderr_is_journal());
  ::unsetenv("JOURNAL_STREAM");
}

}  // namespace
}  // namespace consolidador
