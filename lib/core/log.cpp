// SPDX-License-Identifier: MIT
#include "lib/core/log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/log/attributes/attribute_value_impl.hpp>
#include <boost/log/core.hpp>
#include <boost/log/expressions/keyword.hpp>
#include <boost/log/expressions/message.hpp>
#include <boost/log/sinks/basic_sink_backend.hpp>
#include <boost/log/sinks/sync_frontend.hpp>
#include <boost/log/sources/record_ostream.hpp>
#include <boost/log/sources/severity_logger.hpp>
#include <boost/log/utility/exception_handler.hpp>
#include <boost/smart_ptr/make_shared.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <mutex>
#include <shared_mutex>

#include "lib/core/date.hpp"
#include "lib/core/error.hpp"
#include "lib/core/line_file.hpp"
#include "lib/core/log_journal.hpp"
#include "lib/core/outlet.hpp"
#include "lib/core/writer.hpp"

namespace consolidador::log {
namespace {

namespace blog = boost::log;
using blog::expressions::smessage;
using Sink = boost::shared_ptr<blog::sinks::sink>;
using Backend = blog::sinks::basic_formatted_sink_backend<char, blog::sinks::synchronized_feeding>;

BOOST_LOG_ATTRIBUTE_KEYWORD(severity, "Severity", Level)
BOOST_LOG_ATTRIBUTE_KEYWORD(journal_fields, "Fields", Fields)

std::string now() {
  return to_utc_string(std::chrono::system_clock::now());
}

void write_to_stderr(std::string_view text) noexcept {
  while (!text.empty()) {
    const auto written = ::write(STDERR_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

// Boost.Log's own text backends do not keep our promises: after a write error the stream backend
// stays silent for ever, and the file backend leaves torn lines, rotates at every failure and lets
// two processes (daemon and `once`) write past each other. Core, filters and front ends are
// Boost's.

class ConsoleBackend : public Backend {
 public:
  void consume(const blog::record_view&, const std::string& line) {
    write_to_stderr(line + '\n');  // one write(): lines of other processes do not mix in
  }
};

/// stderr under systemd: the entry goes with its fields; when the journal does not take it, as
/// text.
class JournalBackend : public Backend {
 public:
  explicit JournalBackend(std::int32_t branch) : branch_(branch) {}

  void consume(const blog::record_view& record, const std::string& line) {
    const auto fields = record[journal_fields];
    if (!send_to_journal(record[severity].get(), record[smessage].get(),
                         fields ? fields.get() : Fields{}, branch_))
      write_to_stderr(line + '\n');
  }

 private:
  std::int32_t branch_;
};

class LogFile {
 public:
  LogFile(std::filesystem::path path, LineFileOptions options)
      : file_(std::move(path), std::move(options)) {}

  void append(const std::string& line) noexcept try {
    file_.append(line);
    if (const auto lost = lost_.exchange(0); lost > 0)
      write_to_stderr(fmt::format("info: log file works again, lost {}\n", lost));
  } catch (const std::exception& error) {
    lose(error.what());
  }

  void lose(std::string_view why) {
    if (lost_++ == 0) write_to_stderr(fmt::format("error: log file: {}\n", why));
  }

 private:
  LineFile file_;
  std::atomic<std::uint64_t> lost_{0};  ///< lines since it fails
};

class FileBackend : public Backend {
 public:
  FileBackend(std::shared_ptr<LogFile> file, std::shared_ptr<Writer> writer)
      : file_(std::move(file)), writer_(std::move(writer)) {}

  void consume(const blog::record_view&, const std::string& line) {
    if (!writer_) return file_->append(line);
    if (!writer_->post([file = file_, line] { file->append(line); }))
      file_->lose("the disk does not answer, and too much waits for it");
  }

 private:
  std::shared_ptr<LogFile> file_;
  std::shared_ptr<Writer> writer_;
};

std::string_view label(Level level) noexcept {
  switch (level) {
    case Level::debug:
      return "DEBUG";
    case Level::info:
      return "INFO ";
    case Level::warning:
      return "WARN ";
    case Level::error:
      return "ERROR";
  }
  return "?    ";
}

void format_for_file(const blog::record_view& record, blog::formatting_ostream& out) {
  out << now() << ' ' << label(record[severity].get()) << ' ' << record[smessage].get();
}

void format_for_journal(const blog::record_view& record, blog::formatting_ostream& out) {
  out << to_string(record[severity].get()) << ": " << record[smessage].get();
}

void format_for_terminal(const blog::record_view& record, blog::formatting_ostream& out) {
  out << now() << ' ';
  format_for_journal(record, out);
}

/// What a sink takes; may change while it is in use.
using Threshold = std::shared_ptr<std::atomic<Level>>;

struct Outlet {
  Sink sink;
  Threshold threshold;
};

template <typename SinkBackend, typename Format>
Outlet make_sink(boost::shared_ptr<SinkBackend> backend, Level level, Format format) {
  auto sink = boost::make_shared<blog::sinks::synchronous_sink<SinkBackend>>(std::move(backend));
  const auto threshold = std::make_shared<std::atomic<Level>>(level);
  sink->set_filter([threshold](const blog::attribute_value_set& values) {
    const auto value = values[severity];
    return value && value.get() >= *threshold;
  });
  sink->set_formatter(format);
  sink->set_exception_handler(blog::make_exception_suppressor());
  return {sink, threshold};
}

Outlet console_sink(Level level, std::int32_t branch) {
  if (stderr_is_journal())
    return make_sink(boost::make_shared<JournalBackend>(branch), level, format_for_journal);
  const bool terminal = ::isatty(STDERR_FILENO) == 1;  // journald adds the time itself
  return make_sink(boost::make_shared<ConsoleBackend>(), level,
                   terminal ? format_for_terminal : format_for_journal);
}

Outlet file_sink(const Options& options) try {
  LineFileOptions file;
  file.rotation_bytes = options.rotation_bytes;
  file.keep_files = options.keep_files;
  file.lock_wait = options.lock_wait;
  return make_sink(boost::make_shared<FileBackend>(std::make_shared<LogFile>(*options.file, file),
                                                   options.writer),
                   options.level, format_for_file);
} catch (const Error& error) {
  throw ConfigError(fmt::format("log file: {}", error.what()));
}

void ignore_by_default(int signal) noexcept {
  struct sigaction action {};
  if (::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_DFL)
    std::signal(signal, SIG_IGN);
}

/// Else a file opened later becomes number 2 and gets what is meant for stderr.
void keep_stderr_taken() noexcept {
  if (::fcntl(STDERR_FILENO, F_GETFD) >= 0) return;
  const int null = ::open("/dev/null", O_WRONLY);
  if (null >= 0 && null != STDERR_FILENO) ::dup2(null, STDERR_FILENO);
}

/// Everything behind start() and write().
class Log {
 public:
  Log() {
    ignore_by_default(SIGPIPE);
    ignore_by_default(SIGXFSZ);
    replace(console_sink(Level::info, 0), {});
  }

  void replace(Outlet console, Outlet file) {
    const std::unique_lock lock(mutex_);
    const auto core = blog::core::get();
    core->remove_all_sinks();
    core->add_sink(console.sink);
    if (file.sink) core->add_sink(file.sink);
    lowest_ = file.sink ? std::min(console.threshold->load(), file.threshold->load())
                        : console.threshold->load();
    console_ = std::move(console.threshold);
    file_ = std::move(file.threshold);
  }

  void set_level(Level level) {
    const std::unique_lock lock(mutex_);
    for (const auto& threshold : {console_, file_})
      if (threshold) *threshold = level;
    lowest_ = level;
  }

  bool wants(Level level) const noexcept { return level >= lowest_; }

  void push(Level level, const Fields& fields, std::string_view message) {
    const std::shared_lock lock(mutex_);
    auto record = source_.open_record(blog::keywords::severity = level);
    if (!record) return;
    record.attribute_values().insert("Fields", blog::attributes::make_attribute_value(fields));
    blog::record_ostream stream(record);
    stream << for_log(message);
    stream.flush();
    source_.push_record(std::move(record));
  }

 private:
  std::shared_mutex mutex_;  ///< no message falls between the old sinks and the new
  Threshold console_, file_;
  std::atomic<Level> lowest_{Level::info};
  blog::sources::severity_logger_mt<Level> source_;
};

/// Never destroyed: threads and destructors of other statics may still write at exit.
Log& the_log() {
  static Log& log = *new Log;
  return log;
}

}  // namespace

std::string_view to_string(Level level) noexcept {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warning:
      return "warning";
    case Level::error:
      return "error";
  }
  return "?";
}

void start(const Options& options) {
  keep_stderr_taken();
  auto& log = the_log();
  auto file = options.file ? file_sink(options) : Outlet{};
  log.replace(console_sink(options.console_level, options.branch), std::move(file));
}

void set_level(Level level) noexcept {
  the_log().set_level(level);
}

void write(Level level, std::string_view message) noexcept try {
  if (the_log().wants(level)) the_log().push(level, {}, message);
} catch (...) {  // out of memory: nobody could be told either
}

void write(Level level, const Fields& fields, std::string_view message) noexcept try {
  if (the_log().wants(level)) the_log().push(level, fields, message);
} catch (...) {  // as above
}

void write_format(Level level, fmt::string_view format, fmt::format_args args) noexcept try {
  if (the_log().wants(level)) the_log().push(level, {}, fmt::vformat(format, args));
} catch (...) {
  write(level, {format.data(), format.size()});
}

}  // namespace consolidador::log
