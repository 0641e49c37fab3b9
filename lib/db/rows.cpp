// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <mysql.h>

#include "lib/db/connection.hpp"
#include "lib/db/statement.hpp"

namespace consolidador {
namespace {

constexpr std::size_t initial_cell_bytes = 64;

std::string first_text(double value) {
  return fmt::format("{}", value);
}

bool is_floating(enum_field_types type) {
  return type == MYSQL_TYPE_DOUBLE || type == MYSQL_TYPE_FLOAT;
}

}  // namespace

/// Where libmariadb puts a row: one buffer a column, grown when a value is longer.
struct Rows::Buffers {
  struct Column {
    enum_field_types type = MYSQL_TYPE_STRING;
    std::vector<char> text = std::vector<char>(initial_cell_bytes);
    double number = 0;
    float single = 0;
    unsigned long length = 0;
    my_bool is_null = 0;
  };
  std::vector<Column> columns;
  std::vector<MYSQL_BIND> binds;

  void point(std::size_t i) {
    Column& column = columns[i];
    MYSQL_BIND& bind = binds[i];
    bind.buffer_type = column.type;
    bind.buffer = column.text.data();
    bind.buffer_length = column.text.size();
    if (column.type == MYSQL_TYPE_DOUBLE) bind.buffer = &column.number;
    if (column.type == MYSQL_TYPE_FLOAT) bind.buffer = &column.single;
    bind.length = &column.length;
    bind.is_null = &column.is_null;
  }

  /// Floating-point cells are turned into text here: the shortest that reads back as the same
  /// value.
  void spell(Column& column) const {
    if (!is_floating(column.type)) return;
    const auto text = column.type == MYSQL_TYPE_DOUBLE ? first_text(column.number)
                                                       : fmt::format("{}", column.single);
    column.text.assign(text.begin(), text.end());
    column.length = text.size();
  }
};

Rows::Rows(Statement& statement, DbPhase phase, const Bound& bound)
    : statement_(statement), phase_(phase), left_(bound), buffers_(std::make_unique<Buffers>()) {
  bind();
}

Rows::~Rows() {
  try {
    finish();
  } catch (const DbError&) {
    // The server's own error ends the results; a lost link has marked the connection already.
  } catch (const std::exception&) {
    statement_.connection_.mark_broken();  // cannot tell where the stream stands
  }
}

void Rows::bind() {
  MYSQL_STMT* handle = statement_.handle_.get();
  const std::unique_ptr<MYSQL_RES, void (*)(MYSQL_RES*)> metadata(
      mysql_stmt_result_metadata(handle), mysql_free_result);
  if (!metadata) {  // a statement without rows
    done_ = true;
    return;
  }
  const unsigned count = mysql_num_fields(metadata.get());
  buffers_->columns.resize(count);
  buffers_->binds.resize(count);
  cells_.resize(count);
  for (unsigned i = 0; i < count; ++i) {
    const MYSQL_FIELD* field = mysql_fetch_field_direct(metadata.get(), i);
    columns_.emplace_back(field->name);
    if (is_floating(field->type)) buffers_->columns[i].type = field->type;
    buffers_->point(i);
  }
  if (mysql_stmt_bind_result(handle, buffers_->binds.data()) != 0) statement_.fail(phase_);
}

bool Rows::next() {
  if (done_) return false;
  const int status = mysql_stmt_fetch(statement_.handle_.get());
  if (status == MYSQL_NO_DATA) {
    finish();
    return false;
  }
  if (status == 1) {
    done_ = true;  // after an error nothing more comes
    statement_.fail(phase_);
  }
  read_cells();
  std::uint64_t bytes = 0;
  for (const Cell& cell : cells_) bytes += cell ? cell->size() : 0;
  count(bytes);
  return true;
}

/// Of what comes from the server, whether anybody wants to see it or not.
void Rows::count(std::uint64_t bytes) {
  if (left_.rows != 0 && bytes <= left_.bytes) {
    --left_.rows;
    left_.bytes -= bytes;
    return;
  }
  cut_off();
}

void Rows::cut_off() {
  done_ = true;
  statement_.connection_.mark_broken();  // what else it sends is not read
  throw Error(ErrorClass::permanent, ErrorCause::data,
              fmt::format("{}: the answer to {} does not end where it could at most; find out who "
                          "answers there, and what the procedure gives",
                          statement_.connection_.endpoint(), statement_.operation()));
}

void Rows::read_cells() {
  MYSQL_STMT* handle = statement_.handle_.get();
  bool grown = false;
  for (unsigned i = 0; i < cells_.size(); ++i) {
    auto& column = buffers_->columns[i];
    if (column.is_null) {
      cells_[i] = std::nullopt;
      continue;
    }
    buffers_->spell(column);
    if (column.length > column.text.size()) {
      column.text.resize(column.length);
      buffers_->point(i);
      if (mysql_stmt_fetch_column(handle, &buffers_->binds[i], i, 0) != 0) statement_.fail(phase_);
      grown = true;
    }
    cells_[i] = std::string_view(column.text.data(), column.length);
  }
  // The next rows go into the larger buffers. Not before: binding forgets the row's other columns.
  if (grown && mysql_stmt_bind_result(handle, buffers_->binds.data()) != 0) statement_.fail(phase_);
}

/// mysql_stmt_free_result() would do the same, but keeps an error among the rows to itself.
void Rows::skip_rows() {
  const auto fetch = [this] { return mysql_stmt_fetch(statement_.handle_.get()); };
  int status = fetch();
  for (; status == 0 || status == MYSQL_DATA_TRUNCATED; status = fetch()) count(0);
  if (status != MYSQL_NO_DATA) statement_.fail(phase_);
}

void Rows::finish() {
  if (statement_.connection_.broken()) done_ = true;
  if (done_) return;
  done_ = true;
  skip_rows();
  do {
    mysql_stmt_free_result(statement_.handle_.get());
    if (--results_left_ == 0) cut_off();
  } while (statement_.next_result(phase_));
}

}  // namespace consolidador
