// SPDX-License-Identifier: MIT
#include "lib/db/statement.hpp"

#include <mysql.h>

#include <algorithm>

#include "lib/db/connection.hpp"
#include "lib/db/multi_row.hpp"

namespace consolidador {
namespace {

// Room for the header of a packet and the statement's own bytes.
constexpr std::size_t packet_reserve = 4'096;

/// The first line of the statement that is not a comment.
std::string_view operation_of(std::string_view sql) {
  while (sql.starts_with("--")) {
    const auto end = sql.find('\n');
    if (end == std::string_view::npos) break;
    sql.remove_prefix(end + 1);
  }
  return sql.substr(0, sql.find('\n')).substr(0, 60);
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
  bind.is_unsigned = std::holds_alternative<std::uint64_t>(value);
  bind.buffer = std::visit(
      [](const auto& v) -> void* { return const_cast<void*>(static_cast<const void*>(&v)); },
      value);
  return bind;
}

Value cell(const Batch& batch, std::size_t column, std::size_t row) {
  if (batch.is_text(column)) return std::string(batch.text(column, row));
  return batch.integer(column, row);
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

Rows Statement::query(std::span<const Value> parameters, DbPhase phase) {
  run(parameters, phase);
  return Rows(*this, phase);
}

Rows Statement::query(std::initializer_list<Value> parameters, DbPhase phase) {
  return query(std::span(parameters.begin(), parameters.size()), phase);
}

void Statement::execute(std::initializer_list<Value> parameters, DbPhase phase) {
  run(std::span(parameters.begin(), parameters.size()), phase);
  Rows(*this, phase).finish();
}

void Statement::run(std::span<const Value> parameters, DbPhase phase) {
  std::vector<MYSQL_BIND> binds;
  for (const auto& value : parameters) binds.push_back(parameter(value));
  if (!binds.empty() && mysql_stmt_bind_param(handle_.get(), binds.data()) != 0) fail(phase);
  if (mysql_stmt_execute(handle_.get()) != 0) fail(phase);
}

std::uint64_t Statement::execute_batch(const Batch& batch, const BatchOptions& options) {
  if (batch.rows() == 0) return 0;
  const std::size_t budget = std::max<std::size_t>(connection_.max_packet(), 2 * packet_reserve);
  const std::size_t fitting = (budget - packet_reserve) / batch.bytes_per_row() * 3 / 4;
  const std::size_t chunk =
      std::clamp<std::size_t>(fitting, 1, std::max<std::size_t>(options.max_rows, 1));
  if (!options.array_binding || !connection_.has_array_binding())
    return send_multi_row(batch, chunk);
  std::uint64_t affected = 0;
  for (std::size_t first = 0; first < batch.rows(); first += chunk) {
    send_array(batch, first, std::min(chunk, batch.rows() - first));
    affected += mysql_stmt_affected_rows(handle_.get());
  }
  return affected;
}

void Statement::send_array(const Batch& batch, std::size_t first, std::size_t count) {
  std::vector<MYSQL_BIND> binds(batch.columns());
  std::vector<std::vector<const char*>> texts(batch.columns());
  std::vector<std::vector<unsigned long>> lengths(batch.columns());
  for (std::size_t column = 0; column < batch.columns(); ++column) {
    MYSQL_BIND& bind = binds[column];
    if (!batch.is_text(column)) {
      bind.buffer_type = MYSQL_TYPE_LONGLONG;
      bind.buffer = const_cast<std::int64_t*>(batch.integers(column) + first);
      continue;
    }
    for (std::size_t row = first; row < first + count; ++row) {
      const auto text = batch.text(column, row);
      texts[column].push_back(text.data());
      lengths[column].push_back(text.size());
    }
    bind.buffer_type = MYSQL_TYPE_STRING;
    bind.buffer = texts[column].data();
    bind.length = lengths[column].data();
  }
  // The array size has to be set before the parameters are bound, every time.
  auto size = static_cast<unsigned>(count);
  mysql_stmt_attr_set(handle_.get(), STMT_ATTR_ARRAY_SIZE, &size);
  const bool sent = mysql_stmt_bind_param(handle_.get(), binds.data()) == 0 &&
                    mysql_stmt_execute(handle_.get()) == 0;
  size = 0;
  mysql_stmt_attr_set(handle_.get(), STMT_ATTR_ARRAY_SIZE, &size);
  if (!sent) fail(DbPhase::write);
}

std::uint64_t Statement::send_rows(const Batch& batch, std::size_t first, std::size_t count) {
  std::vector<Value> values;
  for (std::size_t row = first; row < first + count; ++row)
    for (std::size_t column = 0; column < batch.columns(); ++column)
      values.push_back(cell(batch, column, row));
  run(values, DbPhase::write);
  return mysql_stmt_affected_rows(handle_.get());
}

std::uint64_t Statement::send_multi_row(const Batch& batch, std::size_t max_rows) {
  const std::size_t rows_at_once =
      is_insert_values(sql_) ? std::min(max_rows, max_parameters / batch.columns()) : 1;
  std::uint64_t affected = 0;
  for (std::size_t first = 0; first < batch.rows(); first += rows_at_once) {
    const std::size_t count = std::min(rows_at_once, batch.rows() - first);
    if (count == 1)
      affected += send_rows(batch, first, 1);
    else
      affected += Statement(connection_, repeat_values(sql_, count)).send_rows(batch, first, count);
  }
  return affected;
}

bool Statement::next_result(DbPhase phase) {
  const int status = mysql_stmt_next_result(handle_.get());
  if (status > 0) fail(phase);
  return status == 0;
}

void Statement::fail(DbPhase phase) {
  connection_.fail(mysql_stmt_errno(handle_.get()), mysql_stmt_sqlstate(handle_.get()),
                   mysql_stmt_error(handle_.get()), operation_of(sql_), phase);
}

}  // namespace consolidador
