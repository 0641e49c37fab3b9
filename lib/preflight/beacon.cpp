// SPDX-License-Identifier: MIT
#include "lib/preflight/beacon.hpp"

#include <fmt/format.h>

#include <random>

#include "lib/preflight/answers.hpp"
#include "lib/store/statements.hpp"

namespace consolidador::preflight {
namespace {

constexpr auto remedy =
    "name head office's server in databases.vps, or set local_only: true where there is none";

std::string name_of_its_own() {
  std::random_device random;
  return fmt::format("consolidador {:08x}{:08x}", random(), random());
}

}  // namespace

Beacon::Beacon(std::string database) : name_(name_of_its_own()), database_(std::move(database)) {}

void Beacon::light(std::unique_ptr<Connection> local) try {
  if (ask(*local, statements::tomar_faro, {name_}).at(0).at(0) == "1")
    holders_.push_back(std::move(local));
} catch (const Error&) {  // its other findings say what is wrong with it
}

void Beacon::look_for(Connection& vps, const std::string& database, Report& report) const {
  if (holders_.empty()) return;
  const bool seen = !ask(vps, statements::ver_faro, {name_}).at(0).at(0).empty();
  if (!seen)
    report.ok("own_server", "another than local's");
  else if (database == database_)
    report.fail("own_server",
                "it is local's server, reached in another way, and the same database: head office "
                "gets nothing, and every day has one copy that is taken for two",
                remedy);
  else
    report.warn("own_server",
                "it is local's server, reached in another way: what takes that server takes both "
                "copies of every day",
                remedy);
}

}  // namespace consolidador::preflight
