// SPDX-License-Identifier: MIT
#include "daemon/service/reload.hpp"

#include <filesystem>

#include "lib/core/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fakes.hpp"
#include "tests/support/temp_dir.hpp"

using namespace consolidador;
using namespace consolidador::test;

namespace {

struct Bench {
  Bench() {
    config.branch.id = branch_id;
    config.branch.time_zone = "UTC";
    config.paths.logs = dir / "logs";
    config.paths.state = dir / "state";
    backends.source = [this](const Config&) {
      return std::shared_ptr<Source>(std::shared_ptr<void>(), &source);
    };
    backends.target = [this](const Config&, const std::string& name) {
      if (name == refused) throw ConfigError(name + ": no such certificate");
      return std::make_shared<FakeTarget>(name, steps);
    };
  }

  Prepared prepare(const Config& next) { return consolidador::prepare(config, next, backends); }

  TempDir dir;
  Steps steps;
  FakeSource source{steps};
  std::string refused;
  Backends backends;
  Config config;
};

}  // namespace

TEST_CASE("what is prepared of a configuration has all that it needs") {
  Bench bench;
  Config next = bench.config;
  next.branch.time_zone = "America/Lima";
  const Prepared prepared = bench.prepare(next);
  CHECK(prepared.config.branch.time_zone == "America/Lima");
  CHECK(prepared.bitacora);
  CHECK(prepared.source);
  CHECK(prepared.targets.at("local")->name() == "local");
  CHECK(prepared.targets.at("vps")->name() == "vps");
  CHECK(std::filesystem::exists(next.paths.logs));
}

TEST_CASE("the VPS is not even made where the configuration leaves it out") {
  Bench bench;
  bench.refused = "vps";
  Config next = bench.config;
  CHECK_THROWS_AS(bench.prepare(next), ConfigError);
  next.local_only = true;
  CHECK(bench.prepare(next).targets.size() == 1);
}

TEST_CASE("another branch and another folder for the requests need a restart") {
  Bench bench;
  Config next = bench.config;
  next.branch.id = branch_id + 1;
  CHECK_THROWS_WITH(bench.prepare(next),
                    contains("branch.id: cannot change") && contains("restart"));
  next = bench.config;
  next.paths.state = bench.dir / "elsewhere";
  CHECK_THROWS_WITH(bench.prepare(next), contains("paths.state: cannot change"));
}

TEST_CASE("a configuration whose zone is not known is refused") {
  Bench bench;
  Config next = bench.config;
  next.branch.time_zone = "Nowhere/Town";
  CHECK_THROWS_AS(bench.prepare(next), ConfigError);
}

TEST_CASE("each part takes its options from the configuration") {
  Config config;
  config.branch.id = 7;
  config.pool.size = 5;
  config.dry_run = true;
  config.extraction.share = 30;
  config.verification.days_per_hour = 9;
  CHECK(lane_options(config).workers == 5);
  CHECK(lane_options(config).dry_run);
  CHECK(lane_options(config).deadline == config.timeouts.unit);
  CHECK(extraction_options(config).workers == 5);
  CHECK(extraction_options(config).history.share == 30);
  CHECK(schedule_options(config).verifications_per_hour == 9);
  CHECK(schedule_options(config).branch_id == 7);
}
