// SPDX-License-Identifier: MIT
#include "lib/config/python_bot.hpp"
#include "lib/core/error.hpp"
#include "tests/support/catch.hpp"

using namespace consolidador;
using test::contains;

namespace {

const Date today = parse_date("2026-01-10");

ImportedBot imported(const std::string& env, const std::string& settings = "") {
  return import_bot({env, settings, ""}, "/etc/x", today);
}

std::string password(const std::string& line) {
  return imported("ID_SUCURSAL=7\n" + line + "\n").passwords.at("vps").reveal();
}

}  // namespace

TEST_CASE("a value of .env is read as the bot reads it") {
  CHECK(password("passVps=clave#1") == "clave#1");
  CHECK(password("passVps = clave # de la VPS") == "clave");
  CHECK(password("export passVps='con espacios # y \"'") == "con espacios # y \"");
  CHECK(password("passVps=\"it's\"\r") == "it's");
  CHECK(password("passVps=a=b") == "a=b");
  CHECK(password("passVps=primera\npassVps=segunda") == "segunda");
}

TEST_CASE("a database's variables become its section, the password a file") {
  const auto bot = imported("ID_SUCURSAL=7\nipVps=10.0.0.1\nportVps=3307\npassVps=x\n");
  CHECK(bot.branch == "7");
  CHECK(bot.yaml ==
        "branch: {id: 7}\n"
        "databases:\n"
        "  vps: {host: \"10.0.0.1\", password_file: \"/etc/x/7.vps.password\", port: 3307}\n");
}

TEST_CASE("what a setting of the bot has by default is left to ours") {
  CHECK(imported("ID_SUCURSAL=7\n", "MAX_RETRIES = 3\nLOG_LEVEL = \"INFO\"\nOTHER = 1\n").yaml ==
        "branch: {id: 7}\n");
  CHECK(imported("ID_SUCURSAL=7\n", "DRY_RUN = True\nRETRY_DELAY_SECONDS = 9\n").yaml ==
        "branch: {id: 7}\ndry_run: true\nretry: {initial: 9s}\n");
}

TEST_CASE("a history with an end keeps it, and is none when the mode is off") {
  const std::string dates = "HISTORICAL_START_DATE = '2025-01-01'\nHISTORICAL_END_DATE = ";
  CHECK_THAT(imported("ID_SUCURSAL=7\n", "HISTORICAL_MODE = True\n" + dates + "'2025-12-31'").yaml,
             contains("historical: {from: 2025-01-01, to: 2025-12-31}"));
  CHECK_THAT(imported("ID_SUCURSAL=7\n", "HISTORICAL_MODE = True\n" + dates + "None").yaml,
             contains("to: 2026-01-10}"));
  CHECK_THAT(imported("ID_SUCURSAL=7\n", "HISTORICAL_MODE = False\n" + dates + "None").yaml,
             !contains("historical"));
}

TEST_CASE("without a branch there is nothing to import") {
  CHECK_THROWS_AS(imported("ipVps=x\n"), ConfigError);
  CHECK_THROWS_AS(imported("ID_SUCURSAL=siete\n"), ConfigError);
  CHECK(import_bot({"ID_SUCURSAL=7\n", "", "12"}, "/etc/x", today).branch == "12");
}
