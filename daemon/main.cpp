// SPDX-License-Identifier: MIT
#include <malloc.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <system_error>

#include "daemon/bus/bus.hpp"
#include "daemon/check.hpp"
#include "daemon/command_line.hpp"
#include "daemon/logging.hpp"
#include "daemon/once.hpp"
#include "daemon/service/daemon.hpp"
#include "daemon/service/notifier.hpp"
#include "daemon/terminal.hpp"
#include "lib/config/loader.hpp"
#include "lib/core/error.hpp"
#include "lib/core/exit_code.hpp"
#include "lib/core/outlet.hpp"
#include "lib/core/secret.hpp"
#include "lib/db/library.hpp"

namespace {

using namespace consolidador;

std::unique_ptr<bus::Bus> join_bus(const CommandLine& line, asio::io_context& loop,
                                   Control& control, bus::LogLevel level) {
  using Bus = CommandLine::Bus;
  const Bus which = line.bus.value_or(Bus::system);
  if (which == Bus::none) return nullptr;
  const auto kind = which == Bus::system ? bus::BusKind::system : bus::BusKind::session;
  return std::make_unique<bus::Bus>(loop, kind, control, std::move(level));
}

/// What was handed to the writer is written before the process ends, unless the disk hangs.
class LastWords {
 public:
  explicit LastWords(Writer& writer) : writer_(writer) {}
  ~LastWords() {
    if (writer_.stop(std::chrono::seconds(5))) return;
    std::cerr << "consolidadord: the disk does not answer; leaving without it\n";
    std::_Exit(static_cast<int>(std::uncaught_exceptions() ? ExitCode::internal : ExitCode::ok));
  }
  LastWords(const LastWords&) = delete;
  LastWords& operator=(const LastWords&) = delete;

 private:
  Writer& writer_;
};

ExitCode run_daemon(const CommandLine& line, const Config& config) {
  const auto writer = std::make_shared<Writer>();
  ServiceLog log(writer);
  log.start(config);
  asio::io_context loop(1);
  writer->start();
  const LastWords last_words(*writer);
  SystemTimekeeper time(loop);
  Daemon daemon(
      loop, time, config,
      {database_backends(), [&] { return load_config(line.config, process_environment()); },
       [&](const Config& c) { log.start(c); }, writer});
  const auto service = join_bus(
      line, loop, daemon, {[&] { return log.level(); }, [&](auto level) { log.set_level(level); }});
  return daemon.run();
}

ExitCode run(const CommandLine& line) {
  using Command = CommandLine::Command;
  if (line.command == Command::help) return std::cout << usage_text(), ExitCode::ok;
  if (line.command == Command::version) return std::cout << version_text(), ExitCode::ok;
  const Config config = load_config(line.config, process_environment());
  const DbLibrary library;
  if (line.command == Command::check)
    return run_check(config, line.connect, line.format, std::cout);
  if (line.command == Command::run) return run_daemon(line, config);
  if (config.dry_run && (line.take_over || !line.approve_loss.empty()))
    throw UsageError("--take-over and --approve-loss write; dry_run: true in the file does not");
  const bool terminal = is_terminal();
  return run_once(config,
                  {line.range, line.dry_run || config.dry_run, line.local_only || config.local_only,
                   line.audit_only, line.approve_loss, line.take_over, terminal},
                  std::cout);
}

/// Said where people look: on the terminal or in the journal, and in `systemctl status`.
int give_up(ExitCode code, int error_number, const std::exception& error) {
  std::cerr << "consolidadord: " << for_terminal(error.what()) << '\n';
  Notifier().fatal(error_number, error.what());
  return static_cast<int>(code);
}

}  // namespace

int main(int argc, char** argv) try {
  keep_memory_private();
  // Whole days come and go. Blocks of this size are mapped, and back at the system when freed;
  // without a limit of ours, glibc learns to keep them.
  mallopt(M_MMAP_THRESHOLD, 256 * 1024);
  return static_cast<int>(run(parse_command_line(argc, argv)));
} catch (const UsageError& error) {
  return give_up(ExitCode::usage, EINVAL, error);
} catch (const ConfigError& error) {
  return give_up(ExitCode::configuration, EINVAL, error);
} catch (const std::system_error& error) {
  return give_up(ExitCode::internal, error.code().value(), error);
} catch (const std::exception& error) {
  return give_up(ExitCode::internal, EIO, error);
}
