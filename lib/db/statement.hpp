// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lib/db/batch.hpp"
#include "lib/db/bound.hpp"
#include "lib/db/db_error.hpp"

struct st_mysql_stmt;

namespace consolidador {

class Connection;
class RowFeed;
class Rows;

/// A parameter. Dates and amounts travel as text, exactly.
using Value = std::variant<std::int64_t, std::uint64_t, std::string>;

/// How execute_batch() sends the rows.
struct BatchOptions {
  std::size_t max_rows = 20'000;  ///< in one execution
};

/// A prepared statement. Belongs to its connection and lives on the same thread.
class Statement {
 public:
  /// Prepares; throws DbError (permanent, schema) when a table or column is missing.
  Statement(Connection& connection, std::string_view sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  /// Runs it and gives its first result set, row by row from the wire, up to `bound`. The object
  /// returned must go before the connection is used for anything else.
  Rows query(std::span<const Value> parameters, DbPhase phase, const Bound& bound = short_answer);
  Rows query(std::initializer_list<Value> parameters, DbPhase phase,
             const Bound& bound = short_answer);

  /// Runs it and discards any result. Returns the server's count of affected rows.
  std::uint64_t execute(std::span<const Value> parameters, DbPhase phase);
  std::uint64_t execute(std::initializer_list<Value> parameters, DbPhase phase);

  /// Runs it once for each row of the batch, in one round trip for `max_rows` rows (array binding).
  /// Stays below the server's max_allowed_packet. Returns the server's count of affected rows. Only
  /// in a session of a writer: a reader's server may know no arrays.
  std::uint64_t execute_batch(const Batch& batch, const BatchOptions& options);

 private:
  friend class Rows;
  struct Close {
    void operator()(st_mysql_stmt* handle) const noexcept;
  };

  std::string_view operation() const;
  void run(std::span<const Value> parameters, DbPhase phase);
  void check_parameters(std::size_t count) const;
  std::size_t packet_room() const noexcept;
  std::size_t fitting(const Batch& batch, std::size_t first, std::size_t max_rows) const;
  void send_array(const Batch& batch, std::size_t first, std::size_t count);
  void set_array(unsigned rows, RowFeed* feed);
  bool next_result(DbPhase phase);
  [[noreturn]] void fail(DbPhase phase);

  Connection& connection_;
  std::string sql_;
  std::unique_ptr<st_mysql_stmt, Close> handle_;
};

/// A result set that is being read. Cells are text as the server writes it, whatever the column's
/// type (DOUBLE with the fewest digits that give the same value back); NULL is std::nullopt.
class Rows {
 public:
  using Cell = std::optional<std::string_view>;

  Rows(Statement& statement, DbPhase phase, const Bound& bound = short_answer);
  ~Rows();  ///< reads away what is left, further result sets too
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  const std::vector<std::string>& columns() const noexcept { return columns_; }

  /// Fetches the next row; false at the end. Throws DbError, and an Error (permanent, data) at the
  /// first row beyond the bound: the connection is broken then.
  bool next();

  /// The current row; valid until the next call of next().
  std::span<const Cell> cells() const noexcept { return cells_; }

  /// Reads away the remaining rows and result sets; throws as next() does, when the server reports
  /// an error there or does not come to an end. The destructor does the same silently.
  void finish();

 private:
  struct Buffers;
  void bind();
  void read_cells();
  void skip_rows();
  void count(std::uint64_t bytes);
  [[noreturn]] void cut_off();

  Statement& statement_;
  DbPhase phase_;
  Bound left_;
  unsigned results_left_ = 100;  // more than any procedure has
  std::vector<std::string> columns_;
  std::vector<Cell> cells_;
  std::unique_ptr<Buffers> buffers_;
  bool done_ = false;
};

}  // namespace consolidador
