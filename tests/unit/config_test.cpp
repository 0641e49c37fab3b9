// SPDX-License-Identifier: MIT
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "lib/config/loader.hpp"
#include "lib/core/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/logged.hpp"
#include "tests/support/temp_dir.hpp"

using namespace consolidador;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

const std::string smallest = R"(branch: {id: 99}
databases:
  operational: {socket: /run/pos.sock, user: bot, database: superpos}
  local: {socket: /run/local.sock, user: bot, database: central}
  vps:
    host: 127.0.0.1
    port: 4403
    user: bot
    password_file: @/password
    database: central
)";

std::string replace_all(std::string text, const std::string& old, const std::string& with) {
  for (auto at = text.find(old); at != std::string::npos; at = text.find(old, at + with.size()))
    text.replace(at, old.size(), with);
  return text;
}

std::string replace_first(std::string text, const std::string& old, const std::string& with) {
  const auto at = text.find(old);
  REQUIRE(at != std::string::npos);
  return text.replace(at, old.size(), with);
}

/// A folder of its own for one test, with a password file and a made-up environment. In what is
/// written and in the messages, @ stands for the folder.
class Fixture {
 public:
  Fixture() { write("password", "from-file\n", 0600); }

  fs::path path(const std::string& name) const { return folder_ / name; }

  void write(const std::string& name, const std::string& text, mode_t mode = 0644) {
    test::write_file(path(name), replace_all(text, "@", folder_.string()));
    REQUIRE(::chmod(path(name).c_str(), mode) == 0);
  }

  Config load(const std::string& text) {
    write("c.yaml", text);
    return load_config(path("c.yaml"), environment());
  }

  std::string error_of_file(const fs::path& file) {
    try {
      load_config(file, environment());
    } catch (const ConfigError& error) {
      return replace_all(error.what(), folder_.string(), "@");
    }
    return "no error";
  }

  std::string error_of(const std::string& text) {
    write("c.yaml", text);
    return error_of_file(path("c.yaml"));
  }

  std::map<std::string, std::string> variables;

 private:
  Environment environment() {
    return [this](const std::string& name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      if (found == variables.end()) return std::nullopt;
      return replace_all(found->second, "@", folder_.string());
    };
  }

  test::TempDir temp_dir_;
  fs::path folder_ = (temp_dir_ / "file").parent_path();
};

/// What is wrong: `old` of the smallest configuration replaced by `with`, or `with` added at its
/// end.
struct Wrong {
  std::string old;
  std::string with;
  std::string message;
};

void check_all(const std::vector<Wrong>& table) {
  Fixture fixture;
  for (const auto& wrong : table) {
    const std::string text =
        wrong.old.empty() ? smallest + wrong.with : replace_first(smallest, wrong.old, wrong.with);
    INFO(text);
    CHECK(fixture.error_of(text) == "@/c.yaml:" + wrong.message);
  }
}

/// The other user that tests run by root turn into, because root may read everything.
class Unprivileged {
 public:
  Unprivileged() {
    if (geteuid() == 0) REQUIRE(seteuid(65534) == 0);
  }
  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;
  ~Unprivileged() {
    if (getuid() == 0 && seteuid(0) != 0) std::abort();
  }
};

}  // namespace

TEST_CASE("the smallest configuration has every other value by default") {
  Fixture fixture;
  const Config config = fixture.load(smallest);
  CHECK(config.branch.id == 99);
  CHECK(config.branch.name == "sucursal 99");
  CHECK(config.branch.time_zone.empty());
  CHECK(config.operational.socket == "/run/pos.sock");
  CHECK(config.operational.host.empty());
  CHECK(config.operational.password.empty());
  CHECK_FALSE(config.operational.tls.required);
  CHECK(config.vps.host == "127.0.0.1");
  CHECK(config.vps.port == 4403);
  CHECK(config.vps.user == "bot");
  CHECK(config.vps.database == "central");
  CHECK(config.vps.password == Secret("from-file"));
  CHECK(config.window.reprocess_days == 1);
  CHECK_FALSE(config.historical);
  CHECK(config.upsert.batch_size == 20'000);
  CHECK(config.retry.attempts == 3);
  CHECK(config.retry.backoff.initial == 5s);
  CHECK(config.retry.backoff.max == 5min);
  CHECK(config.audit.enabled);
  CHECK(config.audit.tolerance == Decimal::parse("0.01"));
  CHECK(config.invalid_rows == InvalidRows::quarantine);
  CHECK(config.timeouts.connect == 10s);
  CHECK(config.pool.size == 2);
  CHECK(config.lock.enabled);
  CHECK(config.lock.rows == 10);
  CHECK(config.lock.min_rows == 20);
  CHECK(config.lock.amount == 10);
  CHECK(config.lock.as_sold.supplier);
  CHECK_FALSE(config.lock.as_sold.department);
  CHECK(config.log.level == log::Level::info);
  CHECK(config.log.file == "bot.log");
  CHECK(config.paths.logs == "/var/log/consolidador-ventas");
  CHECK(config.paths.state == "/var/lib/consolidador-ventas");
  CHECK_FALSE(config.dry_run);
  CHECK_FALSE(config.local_only);
}

TEST_CASE("every key is read from the file") {
  Fixture fixture;
  for (const auto* name : {"ca.pem", "c.pem", "k.pem"}) fixture.write(name, "PEM");
  const std::string tls =
      "    compression: yes\n"
      "    tls: {required: yes, ca: @/ca.pem, cert: @/c.pem, key: @/k.pem, min_version: 1.3,\n"
      "          fingerprint: 'ab:CD" +
      std::string(36, '0') + "'}\n";
  const Config config = fixture.load(
      replace_first(smallest, "{id: 99}", "{id: 7, name: Peña, time_zone: America/Mexico_City}") +
      tls + R"(
window: {reprocess_days: 0}
historical: {from: 2024-01-01, to: 2024-12-31}
upsert: {batch_size: 100}
retry: {attempts: 5, initial: 500ms, max: 1h}
audit: {enabled: No, tolerance: 0.0001}
invalid_rows: refuse
timeouts: {connect: 1s, read: 2s, write: 3min, statement: 1d}
pool: {size: 16, max_age: 1h, acquire: 5s}
lock: {enabled: no, rows: 0, min_rows: 1000000, amount: 100, as_sold: [department, category]}
log: {level: WARNING, file: ""}
paths: {logs: /l, state: /s}
dry_run: yes
local_only: TRUE
)");
  CHECK(config.branch.id == 7);
  CHECK(config.branch.name == "Peña");
  CHECK(config.branch.time_zone == "America/Mexico_City");
  CHECK(config.vps.compression);
  CHECK_FALSE(config.local.compression);
  CHECK(config.vps.tls.required);
  CHECK(config.vps.tls.fingerprint == "ABCD" + std::string(36, '0'));
  CHECK(config.vps.tls.min_version == "1.3");
  CHECK(config.vps.tls.ca == fixture.path("ca.pem"));
  CHECK(config.vps.tls.cert == fixture.path("c.pem"));
  CHECK(config.vps.tls.key == fixture.path("k.pem"));
  CHECK(config.window.reprocess_days == 0);
  CHECK(config.historical == DateRange{parse_date("2024-01-01"), parse_date("2024-12-31")});
  CHECK(config.upsert.batch_size == 100);
  CHECK(config.retry.attempts == 5);
  CHECK(config.retry.backoff.initial == 500ms);
  CHECK(config.retry.backoff.max == 1h);
  CHECK_FALSE(config.audit.enabled);
  CHECK(config.audit.tolerance == Decimal::parse("0.0001"));
  CHECK(config.invalid_rows == InvalidRows::refuse);
  CHECK(config.timeouts.connect == 1s);
  CHECK(config.timeouts.read == 2s);
  CHECK(config.timeouts.write == 3min);
  CHECK(config.timeouts.statement == 24h);
  CHECK(config.pool.size == 16);
  CHECK(config.pool.max_age == 1h);
  CHECK(config.pool.acquire == 5s);
  CHECK_FALSE(config.lock.enabled);
  CHECK(config.lock.rows == 0);
  CHECK(config.lock.min_rows == 1'000'000);
  CHECK(config.lock.amount == 100);
  CHECK_FALSE(config.lock.as_sold.supplier);
  CHECK(config.lock.as_sold.department);
  CHECK(config.lock.as_sold.category);
  CHECK(config.log.level == log::Level::warning);
  CHECK(config.log.file.empty());
  CHECK(config.paths.logs == "/l");
  CHECK(config.paths.state == "/s");
  CHECK(config.dry_run);
  CHECK(config.local_only);
}

TEST_CASE("the folders that systemd has made for the service are the defaults, not more") {
  Fixture fixture;
  fixture.variables["LOGS_DIRECTORY"] = "/var/log/consolidador-ventas/99";
  fixture.variables["STATE_DIRECTORY"] = "/var/lib/consolidador-ventas/99";
  const Config config = fixture.load(smallest);
  CHECK(config.paths.logs == "/var/log/consolidador-ventas/99");
  CHECK(config.paths.state == "/var/lib/consolidador-ventas/99");
  CHECK(fixture.load(smallest + "paths: {logs: /l}\n").paths.logs == "/l");
  fixture.variables["LOGS_DIRECTORY"] = "";
  CHECK(fixture.load(smallest).paths.logs == "/var/log/consolidador-ventas");
}

TEST_CASE("a key of an earlier version has no effect, and the log says where it stands") {
  const auto text = test::logged([] {
    Fixture fixture;
    CHECK(fixture.load(smallest + "upsert: {batch_size: 7, array_binding: off}\n")
              .upsert.batch_size == 7);
  });
  CHECK_THAT(text,
             test::contains("c.yaml:11: upsert.array_binding: has no effect any more; delete"));
}

TEST_CASE("the example configuration loads and shows the defaults") {
  Fixture fixture;
  fixture.variables["CREDENTIALS_DIRECTORY"] = "@";
  for (const auto* name : {"operational.password", "local.password", "vps.password"})
    fixture.write(name, "s3cret");
  const auto example = test::read_file(CONSOLIDADOR_SOURCE_DIR "/etc/consolidador-ventas.yaml");
  const Config config = fixture.load(example);
  const Config defaults;
  CHECK(config.branch.name == "sucursal 99");
  CHECK(config.branch.time_zone == defaults.branch.time_zone);
  CHECK(config.operational.socket == "/run/mysqld/mysqld.sock");
  CHECK(config.local.socket == "/run/mysqld/mysqld.sock");
  CHECK_FALSE(config.operational.tls.required);
  CHECK_FALSE(config.local.tls.required);
  CHECK(config.vps.tls.required);
  CHECK(config.window.reprocess_days == defaults.window.reprocess_days);
  CHECK(config.historical == defaults.historical);
  CHECK(config.upsert.batch_size == defaults.upsert.batch_size);
  CHECK(config.retry.attempts == defaults.retry.attempts);
  CHECK(config.retry.backoff.initial == defaults.retry.backoff.initial);
  CHECK(config.retry.backoff.max == defaults.retry.backoff.max);
  CHECK(config.audit.enabled == defaults.audit.enabled);
  CHECK(config.audit.tolerance == defaults.audit.tolerance);
  CHECK(config.timeouts.connect == defaults.timeouts.connect);
  CHECK(config.timeouts.read == defaults.timeouts.read);
  CHECK(config.timeouts.write == defaults.timeouts.write);
  CHECK(config.timeouts.statement == defaults.timeouts.statement);
  CHECK(config.timeouts.unit == defaults.timeouts.unit);
  CHECK(config.schedule.every == defaults.schedule.every);
  CHECK(config.schedule.close_at == defaults.schedule.close_at);
  CHECK(config.verification.days_per_hour == defaults.verification.days_per_hour);
  CHECK(config.extraction.parallel == defaults.extraction.parallel);
  CHECK(config.extraction.share == defaults.extraction.share);
  CHECK(config.extraction.max_threads_running == defaults.extraction.max_threads_running);
  CHECK_FALSE(config.extraction.hours);
  CHECK(config.lock.enabled == defaults.lock.enabled);
  CHECK(config.lock.rows == defaults.lock.rows);
  CHECK(config.lock.min_rows == defaults.lock.min_rows);
  CHECK(config.lock.amount == defaults.lock.amount);
  CHECK(config.health.degraded_after == defaults.health.degraded_after);
  CHECK(config.health.failing_after == defaults.health.failing_after);
  CHECK(config.stop.grace == defaults.stop.grace);
  CHECK(config.pool.size == defaults.pool.size);
  CHECK(config.pool.max_age == defaults.pool.max_age);
  CHECK(config.pool.acquire == defaults.pool.acquire);
  CHECK(config.log.level == defaults.log.level);
  CHECK(config.log.file == defaults.log.file);
  CHECK(config.paths.logs == defaults.paths.logs);
  CHECK(config.paths.state == defaults.paths.state);
  CHECK(config.dry_run == defaults.dry_run);
  CHECK(config.local_only == defaults.local_only);
}

TEST_CASE("the keys that the example has in comments are right, too") {
  Fixture fixture;
  for (const auto* name : {"operational.password", "local.password", "vps.password", "client.pem",
                           "client.key", "ca.pem"})
    fixture.write(name, "text", 0600);
  auto text = test::read_file(CONSOLIDADOR_SOURCE_DIR "/etc/consolidador-ventas.yaml");
  for (const std::string key : {"ca:", "cert:", "key:", "historical:", "  from:", "  to:"})
    text = replace_first(text, "# " + key, key);
  const Config config = fixture.load(replace_all(text, "/etc/consolidador-ventas/", "@/"));
  CHECK(config.historical == DateRange{parse_date("2024-01-01"), parse_date("2024-12-31")});
  CHECK(config.vps.tls.key == fixture.path("client.key"));
  text = replace_first(text, "    socket: /run/mysqld/mysqld.sock\n", "");
  for (const std::string key : {"host:", "port:"}) text = replace_first(text, "# " + key, key);
  CHECK(fixture.load(replace_all(text, "/etc/consolidador-ventas/", "@/")).operational.host ==
        "192.0.2.20");
}

TEST_CASE("the hours of the extraction may pass midnight") {
  Fixture fixture;
  const Config config =
      fixture.load(smallest + "extraction: {hours: '21:30-08:00', max_threads_running: 0}\n");
  CHECK(config.extraction.hours->from == 21h + 30min);
  CHECK(config.extraction.hours->to == 8h);
  CHECK(config.extraction.max_threads_running == 0);
}

TEST_CASE("an age of health may be one and a half cycles, and both ages the same") {
  Fixture fixture;
  const auto config = fixture.load(
      smallest + "health: {degraded_after: 30min, failing_after: 30min}\nschedule: {every: 20min}");
  CHECK(config.health.degraded_after == config.health.failing_after);
}

TEST_CASE("a wrong key or shape is refused with line, key and remedy") {
  const std::string root_keys =
      "dry_run, local_only, branch, databases, window, historical, upsert, retry, audit, "
      "invalid_rows, timeouts, "
      "pool, schedule, verification, extraction, lock, health, stop, log, paths";
  check_all({
      {"databases:", "databses:", "2: databses: unknown key; did you mean databases?"},
      {"host: ", "hots: ", "6: databases.vps.hots: unknown key; did you mean host?"},
      {"password_file", "passwordfile",
       "9: databases.vps.passwordfile: unknown key; did you mean password_file?"},
      {"", "window: {reproces_day: 3}",
       "11: window.reproces_day: unknown key; did you mean reprocess_days?"},
      {"", "extraction: {hours: 21-08}",
       "11: extraction.hours: '21-08' is not a span of the day; write HH:MM-HH:MM, such as "
       "21:30-08:00"},
      {"", "extraction: {hours: \"08:00-08:00\"}",
       "11: extraction.hours: '08:00-08:00' is not a span of the day; write HH:MM-HH:MM, such as "
       "21:30-08:00"},
      {"", "extraction: {share: 0}", "11: extraction.share: 0 is out of range; use 1 to 100"},
      {"", "lock: {enable: true}", "11: lock.enable: unknown key; did you mean enabled?"},
      {"", "schedule: {close_at: \"24:00\"}",
       "11: schedule.close_at: '24:00' is not a time of day; write HH:MM, such as 02:00"},
      {"", "health: {degraded_after: 2d}",
       "11: health.degraded_after: 2d is longer than health.failing_after (1d); shorten it"},
      {"", "health: {degraded_after: 29min}\nschedule: {every: 20min}",
       "11: health.degraded_after: 29min is shorter than one and a half times schedule.every "
       "(20min): a cycle that takes its time would be late; lengthen it, or shorten "
       "schedule.every"},
      {"", "zebra: 1", "11: zebra: unknown key; use " + root_keys},
      {"{id: 99}", "{id: 99, id: 98}", "1: branch.id: is also in line 1; keep one of them"},
      {"", "branch: {id: 98}", "11: branch: is also in line 1; keep one of them"},
      {"", "audit:\n- enabled",
       "11: audit: is a list where a section is expected; write `key: value` lines"},
      {"", "audit: true",
       "11: audit: is one value where a section is expected; write `key: value` lines"},
      {"user: bot\n", "user: [bot]\n",
       "8: databases.vps.user: is a list where one value is expected; write one value"},
      {"user: bot\n", "user: {name: bot}\n",
       "8: databases.vps.user: is a section where one value is expected; write one value"},
      {"user: bot\n", "user:\n",
       "8: databases.vps.user: has no value; write one or delete the line"},
      {"user: bot\n", "user: ~\n",
       "8: databases.vps.user: has no value; write one or delete the line"},
      {"user: bot\n", "user: ''\n",
       "8: databases.vps.user: is empty; write a value or delete the line"},
      {"user: bot\n", "user: \"bot\\n\"\n",
       "8: databases.vps.user: 'bot?' has a line break, a tab or a control character; write it in "
       "one line"},
      {"user: bot\n", "usr: bot\n", "8: databases.vps.usr: unknown key; did you mean user?"},
      {"{id: 99}", "{idd: 99, name: x}", "1: branch.idd: unknown key; did you mean id?"},
      {"{id: 99}", "{id: 99, zebra: 1}", "1: branch.zebra: unknown key; use id, name, time_zone"},
      {"password_file: @/password", "password: hunter2",
       "9: databases.vps.password: a password does not belong in this file; put it in a 0600 file "
       "and name it with password_file"},
      {"{socket: /run/pos.sock, ", "{password:hunter2, ",
       "3: databases.operational.password: a password does not belong in this file; put it in a "
       "0600 file and name it with password_file"},
  });
}

TEST_CASE("a missing key is refused with the line of its section") {
  check_all({
      {"{id: 99}", "{name: x}",
       "1: branch.id: is missing; add it or set the environment variable ID_SUCURSAL"},
      {"branch: {id: 99}", "dry_run: true",
       "1: branch.id: is missing; add it or set the environment variable ID_SUCURSAL"},
      {"    user: bot\n", "",
       "5: databases.vps.user: is missing; add it or set the environment variable userVps"},
      {"    database: central\n", "",
       "5: databases.vps.database: is missing; add it or set the environment variable dbVps"},
      {"    host: 127.0.0.1\n", "",
       "5: databases.vps.host: is missing; add host and port, or socket, or set the environment "
       "variable ipVps"},
      {"  local: {socket: /run/local.sock, user: bot, database: central}\n", "",
       "2: databases.local.host: is missing; add host and port, or socket, or set the environment "
       "variable ipLocal"},
      {smallest.substr(smallest.find("  vps:")), "",
       "2: databases.vps: is missing; describe the database there, or set local_only: true"},
      {"    password_file: @/password\n", "",
       "5: databases.vps.password_file: no password was found; name a 0600 file with "
       "password_file, or pass the systemd credential vps.password, or set the environment "
       "variable passVps"},
      {"", "historical: {from: 2024-01-01}",
       "11: historical.to: is missing beside historical.from; add the last day"},
      {"", "historical: {to: 2024-01-01}",
       "11: historical.from: is missing beside historical.to; add the first day"},
  });
}

TEST_CASE("a wrong value is refused with the values that are right") {
  const std::string id_range = "use 1 to 2147483647";
  check_all({
      {"99", "0", "1: branch.id: 0 is not a branch id; " + id_range},
      {"99", "-1", "1: branch.id: -1 is not a branch id; " + id_range},
      {"99", "2147483648", "1: branch.id: 2147483648 is not a branch id; " + id_range},
      {"99", "99999999999999999999999",
       "1: branch.id: 99999999999999999999999 is not a branch id; " + id_range},
      {"99", "centro", "1: branch.id: 'centro' is not a plain whole number; " + id_range},
      {"99", "0x10", "1: branch.id: '0x10' is not a plain whole number; " + id_range},
      {"99", "1_000", "1: branch.id: '1_000' is not a plain whole number; " + id_range},
      {"99", "010", "1: branch.id: '010' is not a plain whole number; " + id_range},
      {"99", "9.0", "1: branch.id: '9.0' is not a plain whole number; " + id_range},
      {"id: 99", "id: 99, time_zone: America/Mexico",
       "1: branch.time_zone: 'America/Mexico' is not a time zone of this machine; use a name of "
       "`timedatectl list-timezones`, such as America/Mexico_City"},
      {"4403", "99999", "7: databases.vps.port: 99999 is not a port; use 1 to 65535"},
      {"4403", "0", "7: databases.vps.port: 0 is not a port; use 1 to 65535"},
      {"4403", "mysql",
       "7: databases.vps.port: 'mysql' is not a plain whole number; use 1 to 65535"},
      {"127.0.0.1", "127.0.0.1:4403",
       "6: databases.vps.host: '127.0.0.1:4403' is not a host name or address; write it alone, the "
       "port goes to `port`"},
      {"127.0.0.1", "'[::1]'",
       "6: databases.vps.host: '[::1]' is not a host name or address; write it alone, the port "
       "goes to `port`"},
      {"", "window: {reprocess_days: 367}",
       "11: window.reprocess_days: 367 is out of range; use 0 to 366"},
      {"", "lock: {enabled: maybe}",
       "11: lock.enabled: 'maybe' is neither true nor false; use one of these two words"},
      {"", "lock:\n  min_rows: 5\n  rows: 101", "13: lock.rows: 101 is out of range; use 0 to 100"},
      {"", "lock: {rows: 10%}", "11: lock.rows: '10%' is not a plain whole number; use 0 to 100"},
      {"", "lock: {min_rows: 1000001}",
       "11: lock.min_rows: 1000001 is out of range; use 0 to 1000000"},
      {"", "lock: {min_rows: -1}", "11: lock.min_rows: -1 is out of range; use 0 to 1000000"},
      {"", "lock: {amount: 101}", "11: lock.amount: 101 is out of range; use 0 to 100"},
      {"", "lock: {amount: 0.5}",
       "11: lock.amount: '0.5' is not a plain whole number; use 0 to 100"},
      {"", "historical: {from: 2024-02-30, to: 2024-03-01}",
       "11: historical.from: '2024-02-30' is not a date; write YYYY-MM-DD"},
      {"", "historical:\n  from: 2024-02-02\n  to: 2024-02-01",
       "12: historical.from: 2024-02-02 is after historical.to (2024-02-01); swap them"},
      {"", "upsert: {batch_size: 0}", "11: upsert.batch_size: 0 is out of range; use 1 to 100000"},
      {"", "dry_run: ture",
       "11: dry_run: 'ture' is neither true nor false; use one of these two words"},
      {"", "upsert: {array_bindings: on}",
       "11: upsert.array_bindings: unknown key; use batch_size"},
      {"", "retry: {attempts: 101}", "11: retry.attempts: 101 is out of range; use 1 to 100"},
      {"", "retry: {initial: 5}",
       "11: retry.initial: '5' has no unit; write it as 500ms, 5s, 5min, 2h or 1d"},
      {"", "retry: {initial: 5m}",
       "11: retry.initial: '5m' is not a duration; write it as 500ms, 5s, 5min, 2h or 1d"},
      {"", "retry: {initial: -5s}",
       "11: retry.initial: '-5s' is not a duration; write it as 500ms, 5s, 5min, 2h or 1d"},
      {"", "retry: {initial: 9999999999d}",
       "11: retry.initial: '9999999999d' is not a duration; write it as 500ms, 5s, 5min, 2h or 1d"},
      {"", "retry: {max: 999999999d}", "11: retry.max: 999999999d is out of range; use 1ms to 1h"},
      {"", "retry:\n  attempts: 3\n  initial: 10min",
       "13: retry.initial: 10min is longer than retry.max (5min); shorten it or raise max"},
      {"", "retry: {max: 1s}",
       "11: retry.initial: 5s is longer than retry.max (1s); shorten it or raise max"},
      {"", "timeouts: {connect: 0s}", "11: timeouts.connect: 0s is out of range; use 1s to 10min"},
      {"", "timeouts: {connect: 1500ms}",
       "11: timeouts.connect: 1500ms is too fine, steps are of 1s; use 1s to 10min"},
      {"", "pool: {max_age: 2d}", "11: pool.max_age: 2d is out of range; use 1s to 1d"},
      {"", "pool: {size: 17}", "11: pool.size: 17 is out of range; use 1 to 16"},
      {"", "invalid_rows: drop", "11: invalid_rows: 'drop' is unknown; use refuse or quarantine"},
      {"", "audit: {tolerance: -0.01}",
       "11: audit.tolerance: '-0.01' is out of range; use 0 to 1000000"},
      {"", "audit: {tolerance: 0.00001}",
       "11: audit.tolerance: '0.00001' has more than four decimals; write it as 0.01"},
      {"", "audit: {tolerance: '0,01'}",
       "11: audit.tolerance: '0,01' is not a decimal number; write it as 0.01"},
      {"", "audit: {enabled: 1}",
       "11: audit.enabled: '1' is neither true nor false; use one of these two words"},
      {"", "log: {level: verbose}",
       "11: log.level: 'verbose' is unknown; use debug, info, warning or error"},
      {"", "paths: {logs: var/log}",
       "11: paths.logs: 'var/log' is a relative path; write it from the root: /..."},
      {"", "log: {level: " + std::string(50, 'x') + "}",
       "11: log.level: '" + std::string(40, 'x') +
           "…' is unknown; use debug, info, warning or error"},
  });
}

TEST_CASE("contradictions between address keys are refused") {
  check_all({
      {"{socket: ", "{host: 127.0.0.1, socket: ",
       "3: databases.operational.socket: stands beside host; keep one of them"},
      {"{socket: ", "{port: 3306, socket: ",
       "3: databases.operational.port: has no meaning beside socket; delete it, or replace socket "
       "by host"},
      {"/run/pos.sock", "run/pos.sock",
       "3: databases.operational.socket: 'run/pos.sock' is a relative path; write it from the "
       "root: /..."},
      {"/run/pos.sock", "/" + std::string(107, 'x'),
       "3: databases.operational.socket: is longer than 107 characters; use a shorter path"},
  });
}

TEST_CASE("several hosts are read in order, each with its own port or the common one") {
  Fixture fixture;
  const auto with_hosts = [](const std::string& hosts) {
    return replace_first(smallest, "host: 127.0.0.1", "hosts: " + hosts);
  };
  const auto vps = fixture.load(with_hosts("[a.example, 'b:4404', '::1', '[::2]:4405']")).vps;
  CHECK(vps.host == "a.example");
  CHECK(vps.port == 4403);
  REQUIRE(vps.other_hosts.size() == 3);
  CHECK(vps.other_hosts[0].name == "b");
  CHECK(vps.other_hosts[0].port == 4404);
  CHECK(vps.other_hosts[1].name == "::1");
  CHECK(vps.other_hosts[1].port == 4403);
  CHECK(vps.other_hosts[2].name == "::2");
  CHECK(vps.other_hosts[2].port == 4405);
  CHECK(vps.tls.required);
  CHECK(fixture.load(with_hosts("[127.0.0.1, b.example]")).vps.tls.required);
  CHECK_FALSE(fixture.load(with_hosts("['127.0.0.1:1', 'localhost:2']")).vps.tls.required);
  fixture.variables = {{"ipVps", "c.example"}};
  CHECK(fixture.load(with_hosts("[a, b]")).vps.host == "c.example");
  CHECK(fixture.load(with_hosts("[a, b]")).vps.other_hosts.empty());
}

TEST_CASE("hosts that cannot be are refused") {
  check_all({
      {"host: 127.0.0.1", "hosts: []", "6: databases.vps.hosts: is empty; write at least one"},
      {"host: 127.0.0.1", "hosts: a",
       "6: databases.vps.hosts: is no list; write its values in brackets: [a, b]"},
      {"host: 127.0.0.1", "hosts: [a, [b]]",
       "6: databases.vps.hosts: holds something that is not one value; write [a, b]"},
      {"host: 127.0.0.1", "hosts: [a, 'b:0']",
       "6: databases.vps.hosts: 0 is not a port; use 1 to 65535"},
      {"host: 127.0.0.1", "hosts: ['a b']",
       "6: databases.vps.hosts: 'a b' is not a host name or address; write it alone, the port goes "
       "to `port`"},
      {"host: 127.0.0.1", "hosts: [a]\n    host: b",
       "6: databases.vps.hosts: stands beside host; keep one of them"},
  });
}

TEST_CASE("TLS files must be readable and belong together") {
  check_all({
      {"", "    tls: {ca: @/none.pem}",
       "11: databases.vps.tls.ca: '@/none.pem': there is no such file; check the path"},
      {"", "    tls: {ca: ca.pem}",
       "11: databases.vps.tls.ca: 'ca.pem' is a relative path; write it from the root: /..."},
      {"", "    tls: {ca: /etc}",
       "11: databases.vps.tls.ca: '/etc': is not a regular file; name a file"},
      {"", "    tls: {cert: @/password}",
       "11: databases.vps.tls.cert: stands without key; add key with the file of its private key"},
      {"", "    tls: {key: @/password}",
       "11: databases.vps.tls.key: stands without cert; add cert with the file of its "
       "certificate"},
      {"", "    tls: {requierd: false}",
       "11: databases.vps.tls.requierd: unknown key; did you mean required?"},
      {"", "    tls: false",
       "11: databases.vps.tls: is one value where a section is expected; write `key: value` "
       "lines"},
  });
}

TEST_CASE("a fingerprint has 40 or 64 digits; a version that cannot be had is refused") {
  const std::string no_fingerprint =
      " is not a fingerprint; write the 40 or 64 hexadecimal digits that `openssl x509 -noout "
      "-fingerprint` shows";
  check_all({
      {"", "    tls: {fingerprint: 'AB:CD'}",
       "11: databases.vps.tls.fingerprint: 'AB:CD'" + no_fingerprint},
      {"", "    tls: {fingerprint: '" + std::string(39, 'a') + "g'}",
       "11: databases.vps.tls.fingerprint: '" + std::string(39, 'a') + "g'" + no_fingerprint},
      {"", "    tls: {min_version: 1.1}",
       "11: databases.vps.tls.min_version: '1.1' is no version to be had; use 1.2 or 1.3"},
  });
}

TEST_CASE("what has to be verified does not stand where nothing is verified") {
  const std::string why = ": has no effect beside required: false; delete the one or the other";
  check_all({
      {"", "    tls: {required: false, ca: @/password}", "11: databases.vps.tls.ca" + why},
      {"", "    tls: {required: false, min_version: 1.3}",
       "11: databases.vps.tls.min_version" + why},
  });
}

TEST_CASE("what YAML itself cannot make sense of is refused with its line") {
  const std::string check = "; check indentation, quotes and brackets here and in the lines before";
  check_all({
      {"{id: 99}", "{id: 99", "2: YAML syntax error: end of map flow not found" + check},
      {"    port: 4403", "\tport: 4403",
       "7: YAML syntax error: illegal tab when looking for indentation" + check},
      {"user: bot\n", "user: 'bot\n", "10: YAML syntax error: illegal EOF in scalar" + check},
      {"", "<<: *hunter2", "11: YAML syntax error: the referenced anchor is not defined" + check},
      {"user: bot\n", "user: &hunter2 bot\n    tls: *hunter2\n",
       "9: an alias is not supported; write the value out, quoted if it begins with *"},
      {"", "---\nbranch: {id: 98}",
       "11: a second YAML document begins; keep one file for one branch"},
      {"", "? {a: b}\n: c", "11: a list or map stands where a key is expected; write a name"},
      {"", "~: c", "11: a value has no key; write `key: value`"},
      {"bot\n",
       "Pe\xF1"
       "a\n",
       "8: this line is not UTF-8 text; save the file as UTF-8 without control characters"},
      {"bot\n", "bot\x04\n",
       "8: this line is not UTF-8 text; save the file as UTF-8 without control characters"},
  });
  Fixture fixture;
  CHECK(fixture.error_of("- branch\n") ==
        "@/c.yaml:1: is a list where a section is expected; write `key: value` lines");
  CHECK(fixture.error_of("branch\n") ==
        "@/c.yaml:1: is one value where a section is expected; write `key: value` lines");
}

TEST_CASE("a file that cannot be read, or says nothing, is refused") {
  Fixture fixture;
  const std::string nothing = ": has no keys; start from the example consolidador-ventas.yaml";
  CHECK(fixture.error_of_file(fixture.path("none.yaml")) ==
        "@/none.yaml: there is no such file; check the path");
  CHECK(fixture.error_of_file(fixture.path("password") / "x") ==
        "@/password/x: there is no such file; check the path");
  CHECK(fixture.error_of_file(fixture.path("")) == "@/: is not a regular file; name a file");
  REQUIRE(::mkfifo(fixture.path("pipe").c_str(), 0600) == 0);
  CHECK(fixture.error_of_file(fixture.path("pipe")) ==
        "@/pipe: is not a regular file; name a file");
  CHECK(fixture.error_of("") == "@/c.yaml" + nothing);
  CHECK(fixture.error_of("# only a comment\n") == "@/c.yaml" + nothing);
  CHECK(fixture.error_of(std::string(1'048'577, '#')) ==
        "@/c.yaml: is larger than 1024 KiB; this cannot be the right file");
}

TEST_CASE("a file that this account may not read is refused") {
  Fixture fixture;
  fixture.write("c.yaml", smallest);
  REQUIRE(::chmod(fixture.path("").c_str(), 0711) == 0);
  REQUIRE(::chmod(fixture.path("password").c_str(), 0) == 0);
  const std::string denied = "this account may not read the file; check its owner and mode";
  {
    const Unprivileged other;
    CHECK(fixture.error_of_file(fixture.path("c.yaml")) ==
          "@/c.yaml:9: databases.vps.password_file: " + denied);
  }
  REQUIRE(::chmod(fixture.path("c.yaml").c_str(), 0) == 0);
  const Unprivileged other;
  CHECK(fixture.error_of_file(fixture.path("c.yaml")) == "@/c.yaml: " + denied);
}

TEST_CASE("absurd nesting ends in an error, not in a crash") {
  Fixture fixture;
  const auto repeated = [](const std::string& part) {
    std::string text;
    while (text.size() + part.size() <= 1'000'000) text += part;
    return text;
  };
  const std::string deep =
      "brackets or sections are nested too deeply; compare with the example file";
  for (const std::string part : {"[", "{", "- ", "? ", "{a: ", "[\n", "{a:\n", "a: [", "[?"}) {
    INFO(part);
    CHECK_THAT(fixture.error_of(repeated(part)), Catch::Matchers::StartsWith("@/c.yaml:"));
  }
  std::string sections;
  for (std::size_t depth = 0; depth < 100; ++depth) sections += std::string(depth, ' ') + "a:\n";
  CHECK(fixture.error_of(sections) == "@/c.yaml:17: " + deep);
  for (const std::string part :
       {"]", "&a ", "!x ", "*a ", "a\n", "'", "\"", "|\n", "--- \n", ": ", "%"}) {
    INFO(part);
    CHECK_THAT(fixture.error_of(repeated(part)), Catch::Matchers::StartsWith("@/c.yaml:"));
  }
}

TEST_CASE("every prefix of a configuration loads or is refused") {
  Fixture fixture;
  fixture.variables = {{"passVps", "x"}};
  for (std::size_t size = 0; size <= smallest.size(); ++size) {
    const std::string outcome = fixture.error_of(smallest.substr(0, size));
    CHECK((outcome == "no error" || outcome.starts_with("@/c.yaml")));
  }
}

TEST_CASE("a byte order mark, CRLF line ends and quotes change nothing") {
  Fixture fixture;
  CHECK(fixture.load("\xEF\xBB\xBF" + smallest).branch.id == 99);
  CHECK(fixture.load(replace_all(smallest, "\n", "\r\n")).vps.user == "bot");
  CHECK(fixture.load(replace_first(smallest, "99", "'99'")).branch.id == 99);
}

TEST_CASE("a section whose keys are all commented out keeps the defaults") {
  Fixture fixture;
  CHECK(fixture.load(smallest + "window:\n  # reprocess_days: 7\n").window.reprocess_days == 1);
}

TEST_CASE("the VPS may not be the local database") {
  Fixture fixture;
  const auto local_alone = smallest.substr(0, smallest.find("  vps:"));
  const auto same = "  vps: {socket: /run/local.sock, user: bot, database: central}\n";
  CHECK(fixture.error_of(local_alone + same).find("databases.vps: is the same database as local") !=
        std::string::npos);
  CHECK(fixture.load(local_alone + same + "local_only: true\n").local_only);
  const auto another = "  vps: {socket: /run/local.sock, user: bot, database: other}\n";
  CHECK(fixture.load(local_alone + another).vps.database == "other");
}

TEST_CASE("local_only makes the VPS optional but still checks it when it is there") {
  Fixture fixture;
  const auto without = smallest.substr(0, smallest.find("  vps:")) + "local_only: true\n";
  const Config config = fixture.load(without);
  CHECK(config.local_only);
  CHECK(config.vps.host.empty());
  CHECK(fixture.error_of(replace_first(smallest, "4403", "0") + "local_only: true\n") ==
        "@/c.yaml:7: databases.vps.port: 0 is not a port; use 1 to 65535");
}

TEST_CASE("TLS is required by default except on loopback and sockets") {
  Fixture fixture;
  const auto required = [&](const std::string& host) {
    return fixture.load(replace_first(smallest, "127.0.0.1", host)).vps.tls.required;
  };
  for (const auto* host : {"localhost", "LOCALHOST", "127.0.0.1", "127.255.1.2", "'::1'"}) {
    INFO(host);
    CHECK_FALSE(required(host));
  }
  for (const auto* host :
       {"vps.example.com", "10.0.0.1", "127.example.com", "127.0.0.1.example.com",
        "localhost.example.com", "127.1", "'::2'", "128.0.0.1"}) {
    INFO(host);
    CHECK(required(host));
  }
  CHECK_FALSE(required("vps.example.com\n    tls: {required: false}"));
  CHECK(required("127.0.0.1\n    tls: {required: true}"));
  CHECK(required("127.0.0.1\n    tls: {min_version: 1.3}"));
}

TEST_CASE("the Python bot's variables are enough without a databases section") {
  Fixture fixture;
  fixture.variables = {{"ID_SUCURSAL", "5"},   {"ipSucursal", "127.0.0.1"},  {"userSucursal", "u1"},
                       {"passSucursal", "p1"}, {"portSucursal", "3307"},     {"dbSucursal", "d1"},
                       {"ipLocal", "::1"},     {"userLocal", "u2"},          {"passLocal", "p2"},
                       {"dbLocal", "d2"},      {"ipVps", "vps.example.com"}, {"userVps", "u3"},
                       {"passVps", "p3"},      {"portVps", "3309"},          {"dbVps", "d3"}};
  const Config config = fixture.load("dry_run: true\n");
  CHECK(config.branch.id == 5);
  CHECK(config.operational.host == "127.0.0.1");
  CHECK(config.operational.port == 3307);
  CHECK(config.operational.user == "u1");
  CHECK(config.operational.password == Secret("p1"));
  CHECK(config.operational.database == "d1");
  CHECK(config.local.host == "::1");
  CHECK(config.local.port == 3306);
  CHECK(config.local.password == Secret("p2"));
  CHECK(config.vps.host == "vps.example.com");
  CHECK(config.vps.port == 3309);
  CHECK(config.vps.user == "u3");
  CHECK(config.vps.password == Secret("p3"));
  CHECK(config.vps.database == "d3");
  CHECK(config.vps.tls.required);
}

TEST_CASE("a variable wins over the file, and its host over the file's socket") {
  Fixture fixture;
  fixture.variables = {{"ID_SUCURSAL", "5"},
                       {"portVps", "3310"},
                       {"ipSucursal", "10.0.0.9"},
                       {"passSucursal", "p1"}};
  const Config config = fixture.load(smallest);
  CHECK(config.branch.id == 5);
  CHECK(config.vps.port == 3310);
  CHECK(config.operational.host == "10.0.0.9");
  CHECK(config.operational.socket.empty());
  CHECK(config.operational.user == "bot");
  CHECK(config.operational.tls.required);
}

TEST_CASE("an empty variable counts as unset") {
  Fixture fixture;
  fixture.variables = {{"ID_SUCURSAL", ""}, {"portVps", ""}, {"passVps", ""}, {"ipLocal", ""}};
  CHECK(fixture.load(smallest).vps.port == 4403);
}

TEST_CASE("an error in a variable names the variable") {
  Fixture fixture;
  fixture.variables = {{"portVps", "99999"}};
  CHECK(fixture.error_of(smallest) ==
        "environment variable portVps: 99999 is not a port; use 1 to 65535");
  fixture.variables = {{"ID_SUCURSAL", "centro"}};
  CHECK(fixture.error_of(smallest) ==
        "environment variable ID_SUCURSAL: 'centro' is not a plain whole number; use 1 to "
        "2147483647");
  fixture.variables = {{"ipVps", "http://x"}};
  CHECK(fixture.error_of(smallest) ==
        "environment variable ipVps: 'http://x' is not a host name or address; write it alone, "
        "the port goes to `port`");
  fixture.variables = {{"portLocal", "3306"}};
  CHECK(fixture.error_of(smallest) ==
        "environment variable portLocal: has no meaning beside socket; delete it, or replace "
        "socket by host");
}

TEST_CASE("process_environment tells unset from set") {
  ::setenv("CONFIG_TEST_VARIABLE", "value", 1);
  CHECK(process_environment()("CONFIG_TEST_VARIABLE") == "value");
  ::unsetenv("CONFIG_TEST_VARIABLE");
  CHECK_FALSE(process_environment()("CONFIG_TEST_VARIABLE"));
}

TEST_CASE("a password comes from the credential, then from the file, then from the variable") {
  Fixture fixture;
  fixture.variables = {{"CREDENTIALS_DIRECTORY", "@"}, {"passVps", "from-variable"}};
  const auto without_file = replace_first(smallest, "    password_file: @/password\n", "");
  CHECK(fixture.load(without_file).vps.password == Secret("from-variable"));
  CHECK(fixture.load(smallest).vps.password == Secret("from-file"));
  fixture.write("vps.password", "from-credential\n", 0444);
  CHECK(fixture.load(smallest).vps.password == Secret("from-credential"));
  CHECK(fixture.load(smallest).local.password.empty());
}

TEST_CASE("one trailing newline is not part of a password, everything else is") {
  Fixture fixture;
  for (const std::string text : {" p ñ ", " p ñ \n", " p ñ \r\n"}) {
    fixture.write("password", text, 0600);
    CHECK(fixture.load(smallest).vps.password == Secret(" p ñ "));
  }
}

TEST_CASE("a password file that others can read is refused with the command that mends it") {
  Fixture fixture;
  const auto error_with_mode = [&](mode_t mode) {
    fixture.write("password", "hunter2", mode);
    return fixture.error_of(smallest);
  };
  for (const mode_t mode : {0640U, 0604U, 0644U, 0620U, 0777U}) {
    std::ostringstream octal;
    octal << std::oct << mode;
    CHECK(error_with_mode(mode) == "@/c.yaml:9: databases.vps.password_file: the file's mode 0" +
                                       octal.str() +
                                       " lets others at it; run `chmod 600 @/password`");
  }
  CHECK(error_with_mode(0600) == "no error");
  CHECK(error_with_mode(0400) == "no error");
}

TEST_CASE("an unusable password file is refused, also when the variable is set") {
  Fixture fixture;
  fixture.variables = {{"passVps", "from-variable"}};
  const std::string place = "@/c.yaml:9: databases.vps.password_file: ";
  const auto error_with_text = [&](const std::string& text) {
    fixture.write("password", text, 0600);
    return fixture.error_of(smallest);
  };
  CHECK(error_with_text("") == place + "the file is empty; write the password in it");
  CHECK(error_with_text("\n") == place + "the file is empty; write the password in it");
  CHECK(error_with_text("hunter2\n\n") ==
        place + "the file has several lines; keep only the password in it");
  CHECK(error_with_text(std::string(4097, 'x')) ==
        place + "is larger than 4 KiB; this cannot be the right file");
  fs::remove(fixture.path("password"));
  CHECK(fixture.error_of(smallest) == place + "there is no such file; check the path");
  fs::create_directory(fixture.path("password"));
  CHECK(fixture.error_of(smallest) == place + "is not a regular file; name a file");
  fixture.variables = {{"CREDENTIALS_DIRECTORY", "@"}};
  fixture.write("vps.password", "");
  CHECK(fixture.error_of(smallest) ==
        "@/vps.password: the file is empty; write the password in it");
}

TEST_CASE("no error contains a password, wherever it was written by mistake") {
  Fixture fixture;
  fixture.variables = {{"CREDENTIALS_DIRECTORY", "@"}, {"passLocal", "hunter2\n"}};
  const auto error_with = [&](const std::string& line) {
    return fixture.error_of(replace_first(smallest, "password_file: @/password", line));
  };
  for (const auto* line :
       {"password: hunter2", "Password: hunter2", "passwd: [hunter2]", "pass: *hunter2",
        "password: {hunter2: }", "password:hunter2", "password=hunter2: x", "password hunter2: x",
        "contraseña: hunter2", "password_file: hunter2", "password_file: /hunter2",
        "password_file: 'hunter2", "password_file: \"\\hunter2\"", "password_file: *hunter2",
        "password_file: @hunter2", "password_file: %hunter2", "clave: &hunter2"}) {
    const std::string error = error_with(line);
    INFO(error);
    CHECK(error != "no error");
    CHECK(error.find("hunter2") == std::string::npos);
  }
}
