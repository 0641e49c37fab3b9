// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/core/endpoint.hpp"
#include "lib/db/db_error.hpp"

struct st_mysql;

namespace consolidador {

class Statement;

/// What the session is for; decides isolation and time-outs on the server.
enum class SessionKind {
  reader,  ///< REPEATABLE READ, for consistent snapshots of the POS
  writer,  ///< READ COMMITTED: branches that write at the same time do not deadlock. Needs a server
           ///< that takes arrays (bulk execution)
};

/// An endpoint and what a session there is to be. Pool goes to other_hosts when it must.
struct ConnectOptions : Endpoint {
  std::string name;  ///< what people call this database: `operational`, `local`, `vps`
  SessionKind kind = SessionKind::reader;
  std::chrono::seconds connect_timeout{10};  ///< of silence; all of it takes 3 times that at most
  std::chrono::seconds read_timeout{60};
  std::chrono::seconds write_timeout{60};
  std::chrono::seconds statement_timeout{50};  ///< max_statement_time, on MariaDB servers
  /// The session keeps the server's zone instead of UTC: a TIMESTAMP column then has the days of
  /// those who write it.
  bool own_time_zone = false;
  std::vector<std::string> statements;  ///< prepared when the connection opens: a missing table
                                        ///< or column is found then; the server looks for a
                                        ///< procedure only when it is called
  /// Variables of the session, `@name`, that procedures look at; names and values of letters,
  /// digits and `_` only.
  std::vector<std::pair<std::string, std::string>> variables;
  std::vector<std::string> newer_statements;  ///< the same, but may name a column that a schema
                                              ///< of an earlier version lacks

  /// `vps (127.0.0.1:4403)`, for messages.
  std::string endpoint() const;

  /// The same with so much time for one statement, unless it has more, and the silence that goes
  /// with it.
  ConnectOptions with_patience(std::chrono::seconds statement) const;

  /// The same for each host alone, this one first.
  std::vector<ConnectOptions> at_each_host() const;
};

/// One session with a MariaDB or MySQL server: utf8mb4, strict sql_mode, UTC unless told
/// otherwise, time-outs on every operation. Blocking; used by one thread at a time. Every member
/// throws DbError on failure; the constructor also an Error (permanent, configuration) when the
/// server cannot do what is needed.
class Connection {
 public:
  explicit Connection(const ConnectOptions& options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Runs one statement that returns no rows.
  void execute(std::string_view sql, DbPhase phase);

  /// The prepared statement for this text; prepared at the first call, then kept. The reference
  /// lives as long as the connection.
  Statement& statement(std::string_view sql);

  /// Asks the server for a sign of life; false marks the connection as broken.
  bool ping() noexcept;

  /// After a lost link, or when told so by mark_broken(): good only for being closed.
  bool broken() const noexcept { return broken_; }
  void mark_broken() noexcept { broken_ = true; }

  /// Its session is not as it was, by temporary tables that somebody else's procedures have left:
  /// to be closed after this use, for no fault of the link.
  bool used_up() const noexcept { return used_up_; }
  void mark_used_up() noexcept { used_up_ = true; }

  /// What has failed here may well succeed on another node of the cluster.
  bool unfit() const noexcept { return unfit_; }

  std::size_t max_packet() const noexcept { return max_packet_; }  ///< @@max_allowed_packet
  const std::string& endpoint() const noexcept { return endpoint_; }
  int socket() const noexcept;  ///< the descriptor of the link
  st_mysql* handle() const noexcept { return handle_.get(); }

  /// Throws the handle's current error as DbError and remembers whether the link survived it.
  [[noreturn]] void fail(std::string_view operation, DbPhase phase);
  /// The same for an error that was taken from a statement.
  [[noreturn]] void fail(unsigned db_errno, std::string_view sqlstate, std::string_view text,
                         std::string_view operation, DbPhase phase);

 private:
  struct Close {
    void operator()(st_mysql* handle) const noexcept;
  };

  void set_options(const ConnectOptions& options);
  void set_tls(const ConnectOptions& options);
  void require_encryption(const ConnectOptions& options);
  void require_arrays();
  void set_session(const ConnectOptions& options);
  void learn_limits();
  void prepare_newer(std::string_view sql);

  std::string endpoint_;
  std::unique_ptr<st_mysql, Close> handle_;
  std::map<std::string, std::unique_ptr<Statement>, std::less<>> statements_;
  bool broken_ = false;
  bool used_up_ = false;
  bool unfit_ = false;
  std::size_t max_packet_ = 1'000'000;
};

}  // namespace consolidador
