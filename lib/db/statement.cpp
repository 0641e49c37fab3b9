// SPDX-License-Identifier: MIT
#include "lib/db/statement.hpp"

#include <fmt/format.h>
#include <mysql.h>

#include <algorithm>

#include "lib/db/connection.hpp"
#include "lib/db/row_feed.hpp"

namespace consolidador {
namespace {

// Room for the headers of a packet, beside the statement's own bytes.
constexpr std::size_t packet_reserve = 256;

/// The first line of the statement that is neither a comment nor a SET STATEMENT ... FOR.
std::string_view operation_of(std::string_view sql) {
  for (;;) {
    const auto end = sql.find('\n');
    const auto line = sql.substr(0, end);
    const bool before_it = line.starts_with("--") || line.ends_with(" FOR");
    if (!before_it || end == std::string_view::npos) return line.substr(0, 60);
    sql.remove_prefix(end + 1);
  }
}

MYSQL_BIND parameter(const Value& value) {
  MYSQL_BIND bind{};
  if (const auto* text = std::get_if<std::string>(&value)) {
    bind.buffer_type = MYSQL_TYPE_STRING;
    bind.buffer = const_cast<char*>(text->data());
    bind.buffer_length = text->size();
    return bind;
  }
  bind.buffer_type = MYSQL_TYPE_LONGLONG;
  bind.is_unsigned = std::holds_alternative<std::uint64_t>(value) ? 1 : 0;
  bind.buffer = std::visit(
      [](const auto& v) -> void* { return const_cast<void*>(static_cast<const void*>(&v)); },
      value);
  return bind;
}

}  // namespace

void Statement::Close::operator()(st_mysql_stmt* handle) const noexcept {
  mysql_stmt_close(handle);
}

Statement::Statement(Connection& connection, std::string_view sql)
    : connection_(connection), sql_(sql), handle_(mysql_stmt_init(connection.handle())) {
  if (!handle_) throw std::bad_alloc();
  if (mysql_stmt_prepare(handle_.get(), sql_.data(), sql_.size()) != 0) fail(DbPhase::read);
}

Statement::~Statement() = default;

Rows Statement::query(std::span<const Value> parameters, DbPhase phase, const Bound& bound) {
  run(parameters, phase);
  return Rows(*this, phase, bound);
}

Rows Statement::query(std::initializer_list<Value> parameters, DbPhase phase, const Bound& bound) {
  return query(std::span(parameters.begin(), parameters.size()), phase, bound);
}

std::uint64_t Statement::execute(std::span<const Value> parameters, DbPhase phase) {
  run(parameters, phase);
  const std::uint64_t affected = mysql_stmt_affected_rows(handle_.get());
  Rows(*this, phase).finish();
  return affected;
}

std::uint64_t Statement::execute(std::initializer_list<Value> parameters, DbPhase phase) {
  return execute(std::span(parameters.begin(), parameters.size()), phase);
}

std::string_view Statement::operation() const {
  return operation_of(sql_);
}

void Statement::run(std::span<const Value> parameters, DbPhase phase) {
  check_parameters(parameters.size());
  std::vector<MYSQL_BIND> binds;
  for (const auto& value : parameters) binds.push_back(parameter(value));
  if (!binds.empty() && mysql_stmt_bind_param(handle_.get(), binds.data()) != 0) fail(phase);
  if (mysql_stmt_execute(handle_.get()) != 0) fail(phase);
}

void Statement::check_parameters(std::size_t count) const {
  const std::size_t wanted = mysql_stmt_param_count(handle_.get());
  if (count == wanted) return;
  throw Error(ErrorClass::permanent, ErrorCause::internal,
              fmt::format("{}: {} parameters for {} placeholders", operation(), count, wanted));
}

std::uint64_t Statement::execute_batch(const Batch& batch, const BatchOptions& options) {
  check_parameters(batch.columns());
  const std::size_t max_rows = std::max<std::size_t>(options.max_rows, 1);
  std::uint64_t affected = 0;
  for (std::size_t first = 0, count = 0; first < batch.rows(); first += count) {
    count = fitting(batch, first, max_rows);
    send_array(batch, first, count);
    affected += mysql_stmt_affected_rows(handle_.get());
  }
  return affected;
}

/// Bytes that values may take in one packet.
std::size_t Statement::packet_room() const noexcept {
  const std::size_t taken = packet_reserve + sql_.size();
  return connection_.max_packet() > taken ? connection_.max_packet() - taken : 0;
}

/// How many rows from `first` on are sent together: as many as one packet takes, at least one.
std::size_t Statement::fitting(const Batch& batch, std::size_t first, std::size_t max_rows) const {
  const std::size_t end = first + std::min(max_rows, batch.rows() - first);
  const std::size_t room = packet_room();
  BatchRow cells(batch.columns());
  std::size_t row = first;
  for (std::size_t bytes = 0; row < end; ++row) {
    batch.read(row, cells);
    bytes += cells.bytes();
    if (bytes > room) break;
  }
  return std::max<std::size_t>(row - first, 1);
}

void Statement::send_array(const Batch& batch, std::size_t first, std::size_t count) {
  RowFeed feed(batch, first);
  auto binds = feed.bind();
  MYSQL_STMT* handle = handle_.get();
  // The array size has to be set before the parameters are bound, every time.
  set_array(static_cast<unsigned>(count), &feed);
  const bool sent =
      mysql_stmt_bind_param(handle, binds.data()) == 0 && mysql_stmt_execute(handle) == 0;
  set_array(0, nullptr);
  feed.rethrow();
  if (!sent) fail(DbPhase::write);
}

void Statement::set_array(unsigned rows, RowFeed* feed) {
  const auto callback = feed ? &RowFeed::next : nullptr;
  mysql_stmt_attr_set(handle_.get(), STMT_ATTR_ARRAY_SIZE, &rows);
  mysql_stmt_attr_set(handle_.get(), STMT_ATTR_CB_USER_DATA, feed);
  mysql_stmt_attr_set(handle_.get(), STMT_ATTR_CB_PARAM, reinterpret_cast<void*>(callback));
}

bool Statement::next_result(DbPhase phase) {
  const int status = mysql_stmt_next_result(handle_.get());
  if (status > 0) fail(phase);
  return status == 0;
}

void Statement::fail(DbPhase phase) {
  MYSQL_STMT* handle = handle_.get();
  // An error that comes in the place of a row is known to the connection only.
  if (mysql_stmt_errno(handle) == 0) connection_.fail(operation(), phase);
  connection_.fail(mysql_stmt_errno(handle), mysql_stmt_sqlstate(handle), mysql_stmt_error(handle),
                   operation(), phase);
}

}  // namespace consolidador
