// SPDX-License-Identifier: MIT
#include "daemon/command_line.hpp"

#include "tests/support/catch.hpp"

using namespace consolidador;
using test::contains;

namespace {

CommandLine parse(std::vector<std::string> words) {
  words.insert(words.begin(), "consolidadord");
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  return parse_command_line(static_cast<int>(words.size()), arguments.data());
}

using Command = CommandLine::Command;

}  // namespace

TEST_CASE("options may stand before and behind the command") {
  const auto line = parse({"once", "--dry-run", "--config", "/a.yaml", "--from=2026-01-01", "--to",
                           "2026-01-31", "--local-only"});
  CHECK(line.command == Command::once);
  CHECK(line.config == "/a.yaml");
  CHECK(line.dry_run);
  CHECK(line.local_only);
  CHECK(to_string(line.range->first) == "2026-01-01");
  CHECK(to_string(line.range->last) == "2026-01-31");
}

TEST_CASE("without a command it is the daemon; help and version need no configuration") {
  CHECK(parse({"--config", "/a.yaml"}).command == Command::run);
  CHECK(parse({"--help"}).command == Command::help);
  CHECK(parse({"--version"}).command == Command::version);
}

TEST_CASE("the bus is that of the machine unless another, or none, is asked for") {
  using Bus = CommandLine::Bus;
  CHECK_FALSE(parse({"--config", "/a"}).bus);
  CHECK(parse({"--config", "/a", "--bus=system"}).bus == Bus::system);
  CHECK(parse({"--config", "/a", "--bus", "session"}).bus == Bus::session);
  CHECK(parse({"--config", "/a", "--bus=none"}).bus == Bus::none);
}

TEST_CASE("a loss is approved for named days and with a reason") {
  const auto line = parse({"--config", "/a", "once", "--from=2026-01-01", "--to=2026-01-02",
                           "--approve-loss=moved to till 2", "--take-over"});
  CHECK(line.approve_loss == "moved to till 2");
  CHECK(line.take_over);
  CHECK(parse({"--config", "/a", "once"}).approve_loss.empty());
  CHECK_FALSE(parse({"--config", "/a", "once"}).take_over);
}

TEST_CASE("a wrong command line is refused with what is wrong") {
  const std::pair<std::vector<std::string>, const char*> cases[] = {
      {{"once"}, "--config FILE is missing"},
      {{"--config", "/a", "twice"}, "unknown command 'twice'"},
      {{"--config", "/a", "once", "now"}, "'now' is one word too many"},
      {{"--config", "/a", "once", "--from", "2026-01-01"}, "--from and --to go together"},
      {{"--config", "/a", "once", "--from", "2026-01-02", "--to", "2026-01-01"}, "after --to"},
      {{"--config", "/a", "once", "--from", "2026-13-01", "--to", "2026-01-01"},
       "--from: '2026-13-01'"},
      {{"--config", "/a", "--dry-run"}, "belong to `once`"},
      {{"--config", "/a", "once", "--approve-loss=x"}, "--approve-loss needs --from and --to"},
      {{"--config", "/a", "once", "--approve-loss="}, "--approve-loss: must not be empty"},
      {{"--config", "/a", "once", "--approve-loss", "a\nb"}, "--approve-loss: must be one line"},
      {{"--config", "/a", "once", "--approve-loss=x", "--dry-run"}, "--approve-loss writes"},
      {{"--config", "/a", "once", "--approve-loss=x", "--audit-only"}, "--approve-loss writes"},
      {{"--config", "/a", "once", "--take-over", "--dry-run"}, "--take-over writes"},
      {{"--config", "/a", "--take-over"}, "belong to `once`"},
      {{"--config", "/a", "check", "--approve-loss=x"}, "belong to `once`"},
      {{"--config", "/a", "once", "--connect"}, "--connect and --format belong to `check`"},
      {{"--config", "/a", "--format=json"}, "--connect and --format belong to `check`"},
      {{"--config", "/a", "check", "--format=xml"}, "--format: 'xml' is not table or json"},
      {{"--config", "/a", "--bus=usb"}, "'usb' is not system, session or none"},
      {{"--config", "/a", "once", "--bus=none"}, "--bus belongs to the daemon"},
      {{"--config", "/a", "--wat"}, "unknown option"},
      {{"once", "--config"}, "unknown option, or an option without its value"},
  };
  for (const auto& [words, message] : cases) CHECK_THROWS_WITH(parse(words), contains(message));
}
