// SPDX-License-Identifier: MIT
#include "lib/preflight/configuration.hpp"
#include "lib/preflight/grants.hpp"
#include "lib/preflight/render.hpp"
#include "lib/preflight/schema.hpp"
#include "lib/preflight/server.hpp"
#include "tests/support/catch.hpp"

namespace consolidador::preflight {
namespace {

using namespace std::chrono_literals;
using test::contains;
using Texts = std::vector<std::string>;

const Instant noon = parse_utc("2026-01-10 12:00:00");

/// The only finding that the check writes.
template <typename Check>
Finding found_by(Check check) {
  Report report;
  check(report);
  REQUIRE(report.findings().size() == 1);
  return report.findings()[0];
}

template <typename Check>
Result result_of(Check check) {
  return found_by(check).result;
}

TEST_CASE("a configuration with the lock on is only said to be valid") {
  Config config;
  config.branch.id = 99;
  const auto finding = found_by([&](Report& report) { inspect_configuration(config, report); });
  CHECK(finding.place == "configuration");
  CHECK(finding.result == Result::ok);
  CHECK(finding.text == "branch 99");
}

TEST_CASE("what the configuration leaves out is a warning each, with its remedy") {
  Config config;
  config.dry_run = true;
  config.local_only = true;
  config.audit.enabled = false;
  Report report;
  inspect_configuration(config, report);
  REQUIRE(report.findings().size() == 4);
  const std::vector<std::string> checks{"file", "dry_run", "local_only", "audit"};
  for (std::size_t i = 1; i < checks.size(); ++i) {
    const Finding& finding = report.findings()[i];
    CHECK(finding.check == checks[i]);
    CHECK(finding.result == Result::warning);
    CHECK_FALSE(finding.remedy.empty());
  }
  CHECK(report.exit_code() == ExitCode::ok);
}

TEST_CASE("with the lock off somebody should know what can be lost, and how to have it on") {
  Config config;
  config.lock.enabled = false;
  Report report;
  inspect_configuration(config, report);
  REQUIRE(report.findings().size() == 2);
  const Finding& finding = report.findings()[1];
  CHECK(finding.check == "lock");
  CHECK(finding.result == Result::warning);
  CHECK_THAT(finding.text, contains("deleted in both targets"));
  CHECK_THAT(finding.remedy, contains("set lock.enabled: true"));
  CHECK(report.exit_code() == ExitCode::ok);
}

TEST_CASE("settings that contradict each other are told with both keys") {
  const auto warned = [](const Config& config) {
    Report report;
    inspect_configuration(config, report);
    CHECK(report.exit_code() == ExitCode::ok);
    std::vector<std::string> texts;
    for (const Finding& finding : report.findings())
      if (finding.result == Result::warning) texts.push_back(finding.text);
    return texts;
  };
  Config config;
  CHECK(warned(config).empty());
  config.timeouts.unit = 10s;
  REQUIRE(warned(config).size() == 1);
  CHECK_THAT(warned(config)[0], contains("timeouts.unit (10s)") && contains("timeouts.statement"));
  config = {};
  config.timeouts.statement = 70s;
  REQUIRE(warned(config).size() == 1);
  CHECK_THAT(warned(config)[0], contains("timeouts.statement (70s)") && contains("timeouts.read"));
  config = {};
  config.timeouts.connect = 10min;
  config.health.degraded_after = 5min;
  REQUIRE(warned(config).size() == 1);
  CHECK_THAT(warned(config)[0],
             contains("timeouts.connect (10min)") && contains("health.degraded_after (5min)"));
  config = {};
  config.window.reprocess_days = 0;
  CHECK(warned(config).empty());
  config.verification.days_per_hour = 0;
  REQUIRE(warned(config).size() == 1);
  CHECK_THAT(warned(config)[0],
             contains("window.reprocess_days") && contains("verification.days_per_hour"));
}

constexpr Right rights[] = {{"SELECT", "VentasAgrupadas"},
                            {"INSERT", "VentasAgrupadas"},
                            {"EXECUTE", "PROCEDURE sp_registrar_dia"}};
const Texts exact = {
    "GRANT `papel` TO `bot`@`%`",
    "GRANT USAGE ON *.* TO `bot`@`%` IDENTIFIED BY PASSWORD '*SECRETO' REQUIRE SSL",
    "GRANT SELECT, INSERT ON `central`.`VentasAgrupadas` TO `bot`@`%`",
    "GRANT EXECUTE ON PROCEDURE `central`.`sp_registrar_dia` TO `bot`@`%`",
    "SET DEFAULT ROLE `papel` FOR `bot`@`%`"};

TEST_CASE("an account with exactly its rights has none missing and none too much") {
  const auto verdict = judge_grants(exact, "central", rights);
  CHECK(verdict.missing.empty());
  CHECK(verdict.excess.empty());
}

TEST_CASE("a missing right is named with its object") {
  const Texts lines = {"GRANT SELECT ON `central`.`VentasAgrupadas` TO `bot`@`%`",
                       "GRANT INSERT ON `otra`.`VentasAgrupadas` TO `bot`@`%`"};
  CHECK(
      judge_grants(lines, "central", rights).missing ==
      Texts{"INSERT ON central.VentasAgrupadas", "EXECUTE ON PROCEDURE central.sp_registrar_dia"});
}

TEST_CASE("a right on more than is needed is not missing, but too much") {
  const std::pair<const char*, Texts> cases[] = {
      {"GRANT ALL PRIVILEGES ON *.* TO `bot`@`%` IDENTIFIED BY PASSWORD '*SECRETO' WITH GRANT "
       "OPTION",
       {"ALL PRIVILEGES ON *.* WITH GRANT OPTION"}},
      {"GRANT SELECT, INSERT, EXECUTE ON `central`.* TO `bot`@`%`",
       {"SELECT ON central.*", "INSERT ON central.*", "EXECUTE ON central.*"}},
      {"GRANT ALL PRIVILEGES ON `CENTRAL`.* TO `bot`@`%`", {"ALL PRIVILEGES ON CENTRAL.*"}},
  };
  for (const auto& [line, excess] : cases) {
    INFO(line);
    const auto verdict = judge_grants(Texts{line}, "central", rights);
    CHECK(verdict.missing.empty());
    CHECK(verdict.excess == excess);
  }
}

TEST_CASE("rights on other objects, and the right to give one's own away, are too much") {
  auto lines = exact;
  lines.emplace_back("GRANT FILE, PROCESS ON *.* TO `bot`@`%`");
  lines.emplace_back("GRANT SELECT (a, b), DELETE ON `mi\\_base`.`t` TO `bot`@`%`");
  lines[2] += " WITH GRANT OPTION";
  CHECK(judge_grants(lines, "central", rights).excess ==
        Texts{"SELECT ON central.VentasAgrupadas WITH GRANT OPTION",
              "INSERT ON central.VentasAgrupadas WITH GRANT OPTION", "FILE ON *.*",
              "PROCESS ON *.*", "SELECT (a, b) ON mi_base.t", "DELETE ON mi_base.t"});
}

TEST_CASE("a target needs MariaDB 10.6, a POS any server") {
  const auto version = [](const std::string& text, bool target) {
    return result_of([&](Report& report) { check_version(text, target, report); });
  };
  for (const auto* good : {"10.6.0-MariaDB", "10.11.19-MariaDB-0+deb12u1", "11.4.2-MariaDB-log"})
    CHECK(version(good, true) == Result::ok);
  for (const auto* bad : {"10.5.27-MariaDB", "5.5.68-MariaDB", "8.0.36", "x"}) {
    CHECK(version(bad, true) == Result::failed);
    CHECK(version(bad, false) == Result::ok);
  }
}

TEST_CASE("a slow line and clocks that differ are worth a warning") {
  const auto latency = [](auto time) {
    return result_of([&](Report& report) { check_latency(time, report); });
  };
  CHECK(latency(299ms) == Result::ok);
  CHECK(latency(300ms) == Result::warning);
  const auto clock = [](auto ahead, bool target = false) {
    return found_by([&](Report& report) { check_clock(noon + ahead, noon, target, report); });
  };
  CHECK(clock(10s).result == Result::ok);
  CHECK(clock(11s).text == "11 s ahead of this machine's");
  CHECK(clock(-1h).text == "3600 s behind this machine's");
  CHECK(clock(-1h).result == Result::warning);
  CHECK(clock(3h).result == Result::warning);
  CHECK(clock(-1h, true).result == Result::warning);
  for (const auto apart : {-1h - 1s, 1h + 1s, 3h + 0s})
    CHECK(clock(apart, true).result == Result::failed);
  CHECK(clock(3h, true).text ==
        "10800 s ahead of this machine's: nothing is written while they are more than 1 h 00 min "
        "apart");
}

TEST_CASE("the POS's clocks must show the branch's time") {
  const TimeZone mexico("America/Mexico_City");
  const auto zone = [&](const std::string& utc, const std::string& local) {
    return found_by([&](Report& report) { check_time_zone(utc, local, mexico, report); });
  };
  CHECK(zone("2026-01-10 12:00:00.123", "2026-01-10 06:00:00.123").result == Result::ok);
  const auto otherwise = zone("2026-01-10 03:30:00", "2026-01-10 09:00:00");
  CHECK(otherwise.result == Result::warning);
  CHECK(otherwise.text ==
        "the POS keeps UTC+05:30, the branch (America/Mexico_City) UTC-06:00: 690 min off");
  CHECK_THAT(otherwise.remedy, contains("branch.time_zone") && contains("default_time_zone"));
}

TEST_CASE("a session that something between has changed cannot be used") {
  Report report;
  check_session({{"sql_mode", "STRICT_TRANS_TABLES"},
                 {"tx_isolation", "READ-COMMITTED"},
                 {"max_allowed_packet", "16777216"}},
                SessionKind::writer, report);
  for (const auto& finding : report.findings()) CHECK(finding.result == Result::ok);
  check_session({{"sql_mode", ""},
                 {"transaction_isolation", "REPEATABLE-READ"},
                 {"max_allowed_packet", "65536"}},
                SessionKind::writer, report);
  const auto& findings = report.findings();
  REQUIRE(findings.size() == 6);
  CHECK(findings[3].result == Result::failed);
  CHECK(findings[4].text == "the session has REPEATABLE-READ instead of READ-COMMITTED");
  CHECK(findings[5].result == Result::warning);
  CHECK(report.exit_code() == ExitCode::day_failed);
}

TEST_CASE("plaintext is fine on this machine alone; a certificate's end is told in time") {
  Endpoint by_socket, here, elsewhere;
  by_socket.socket = "/run/s";
  here.host = "127.0.0.1";
  elsewhere.host = "192.0.2.1";
  const auto tls = [](const Variables& status, const Endpoint& endpoint) {
    return found_by([&](Report& report) { check_tls(status, endpoint, noon, report); });
  };
  CHECK(tls({{"ssl_version", ""}}, by_socket).text == "none, and none is needed by a socket");
  CHECK(tls({{"ssl_version", ""}}, here).result == Result::ok);
  CHECK_THAT(tls({{"ssl_version", ""}}, here).text, contains("`socket:` would keep"));
  CHECK(tls({{"ssl_version", ""}}, elsewhere).result == Result::warning);
  const auto until = [&](const char* expiry) {
    return tls({{"ssl_version", "TLSv1.3"}, {"ssl_cipher", "X"}, {"ssl_server_not_after", expiry}},
               elsewhere);
  };
  CHECK(until("Feb  9 12:00:00 2026 GMT").result == Result::ok);
  CHECK(until("Feb  9 11:59:59 2026 GMT").result == Result::warning);
  CHECK(until("Jan 11 00:00:00 2026 GMT").text == "TLSv1.3, X; certificate until 2026-01-11");
  CHECK(until("?").result == Result::ok);
}

TEST_CASE("partitions must reach into the future, those of the history, too") {
  const std::string ends_first = GENERATE("VentasAgrupadas", "HistorialDias", "HistorialCambios");
  const auto partitions = [&](const std::string& until) {
    std::vector<Row> tables;
    for (const std::string name : {"VentasAgrupadas", "HistorialDias", "HistorialCambios"})
      tables.push_back(
          {name, "BASE TABLE", "InnoDB", "", name == ends_first ? until : "2028-01-01"});
    return result_of(
        [&](Report& report) { check_partitions(tables, parse_date("2026-10-01"), report); });
  };
  CHECK(partitions("2028-01-01") == Result::ok);
  CHECK(partitions("2027-01-01") == Result::ok);
  CHECK(partitions("2026-12-01") == Result::warning);
  CHECK(partitions("2026-01-01") == Result::warning);
  CHECK(partitions("") == Result::warning);
}

TEST_CASE("the findings are one line each, as a table or as JSON") {
  Report report;
  report.enter("local");
  report.ok("version", "10.11");
  report.warn("clock", "la \"hora\"\nñ", "ponla");
  CHECK(to_table(report.findings(), {}) ==
        "local  version  ok       10.11\nlocal  clock    warning  la \"hora\" ñ; ponla\n");
  CHECK(to_json(report.findings()) ==
        R"({"result":"warning","findings":[{"place":"local","check":"version","result":"ok",)"
        R"("text":"10.11","remedy":""},{"place":"local","check":"clock","result":"warning",)"
        R"("text":"la \"hora\" ñ","remedy":"ponla"}]})"
        "\n");
}

TEST_CASE("an Error becomes the finding of its check; a lost link decides the exit code") {
  Report report;
  CHECK(report.attempt("trial", [] {}));
  CHECK_FALSE(report.attempt("trial", [] { throw DataError("fila 3"); }));
  CHECK(report.exit_code() == ExitCode::day_failed);
  CHECK_FALSE(report.attempt(
      "connection", [] { throw Error(ErrorClass::transient, ErrorCause::link, "nobody"); }));
  CHECK(report.exit_code() == ExitCode::unreachable);
  REQUIRE(report.findings().size() == 2);
  CHECK(report.findings()[0].text == "fila 3");
}

TEST_CASE("columns that a schema of version 0.1.0 lacks are a warning that says what for") {
  const auto column = [](const char* name) {
    return Row{"EstadoSucursales", name, "varchar(64)", "utf8mb4_nopad_bin"};
  };
  std::vector<Row> found{column("IdSucursal"), column("Equipo"), column("DiasArchivados")};
  const auto finding = found_by([&](Report& report) { check_newer_columns(found, report); });
  CHECK(finding.result == Result::warning);
  CHECK_THAT(finding.text, contains("has no Maquina, DiasRetenidos:") &&
                               contains("second machine") && contains("held days"));
  CHECK_THAT(finding.remedy, contains("sql/agregada") && contains("sql/vps/instalar.sql"));
  found.push_back(column("Maquina"));
  found.push_back(column("DiasRetenidos"));
  Report report;
  check_newer_columns(found, report);
  CHECK(report.findings().empty());
}

}  // namespace
}  // namespace consolidador::preflight
