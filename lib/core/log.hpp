// SPDX-License-Identifier: MIT
#pragma once
#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "lib/core/date.hpp"

namespace consolidador {
class Writer;
}

namespace consolidador::log {

enum class Level {
  debug,    ///< every statement and decision, for development
  info,     ///< one line per cycle or finished day
  warning,  ///< something was wrong and is being mended or tried again
  error,    ///< a person has to look
};

std::string_view to_string(Level level) noexcept;

/// The kinds of event that somebody may want to find or to act upon: MESSAGE_ID in the journal.
enum class Event {
  other,
  day_synced,          ///< something of a day was written in a target
  day_failed,          ///< a day is in ERROR
  day_held,            ///< the POS has lost what was proven: a person has to look
  day_copied,          ///< a target got a day from the other, because the POS has it no longer
  loss_approved,       ///< who let a day shrink, and why
  pos_begins_later,    ///< the POS has purged its oldest days: they are archived
  machine_changed,     ///< another machine writes the branch's days, or this one has taken over
  closed_day_changed,  ///< an old day was found different, with the difference
  database_down,
  database_up,
  cycle,          ///< a cycle has finished
  health,         ///< ok, degraded, failing
  configuration,  ///< reloaded, or refused
};

/// What an entry is about, for the journal; files and terminals get the message alone.
struct Fields {
  Event event = Event::other;
  std::optional<Date> day;
  std::string target;     ///< operational, local or vps
  std::uint64_t job = 0;  ///< an operator's request
  unsigned code = 0;      ///< the database's error number
};

struct Options {
  Level level = Level::info;                   ///< what goes into the file
  std::optional<std::filesystem::path> file;   ///< bot.log; none: no file
  Level console_level = Level::info;           ///< what goes to stderr
  std::uintmax_t rotation_bytes = 10'000'000;  ///< a full file is renamed to bot.1.log
  std::int32_t branch = 0;                     ///< BRANCH in the journal; 0: none
  unsigned keep_files = 10;                    ///< rotated files kept beside the current one
  /// Longest wait for whoever else writes the file: losing a line is better than a stopped loop.
  std::chrono::milliseconds lock_wait{100};
  /// Writes the file, so that nobody who logs waits for the disk; none: whoever logs writes.
  std::shared_ptr<Writer> writer{};
};

/// Starts the sinks, or replaces those of an earlier call. Before the first call, messages of level
/// info and above go to stderr. Throws ConfigError when the file cannot be written; then the
/// earlier sinks stay. From the first message on, the process ignores SIGPIPE and SIGXFSZ, unless
/// it handles them: a closed stderr or a full file must not end it.
void start(const Options& options);

/// From now on, what goes into the file and to stderr: at once, and no sink is opened for it.
void set_level(Level level) noexcept;

/// Writes one line, `message` made for_log(); safe from every thread; never throws. A sink that
/// fails loses the line; the other still gets it, and stderr is told once when the file fails, or
/// the disk does not answer and too much waits for it, and when it works again.
void write(Level level, std::string_view message) noexcept;

/// The same with fields for the journal.
void write(Level level, const Fields& fields, std::string_view message) noexcept;

/// The same; the message is only composed when a sink wants its level.
void write_format(Level level, fmt::string_view format, fmt::format_args args) noexcept;

template <typename... Args>
void debug(fmt::format_string<Args...> format, Args&&... args) noexcept {
  write_format(Level::debug, format, fmt::make_format_args(args...));
}
template <typename... Args>
void info(fmt::format_string<Args...> format, Args&&... args) noexcept {
  write_format(Level::info, format, fmt::make_format_args(args...));
}
template <typename... Args>
void warning(fmt::format_string<Args...> format, Args&&... args) noexcept {
  write_format(Level::warning, format, fmt::make_format_args(args...));
}
template <typename... Args>
void error(fmt::format_string<Args...> format, Args&&... args) noexcept {
  write_format(Level::error, format, fmt::make_format_args(args...));
}

}  // namespace consolidador::log
