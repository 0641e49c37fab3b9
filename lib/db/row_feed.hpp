// SPDX-License-Identifier: MIT
#pragma once
#include <mysql.h>

#include <exception>
#include <vector>

#include "lib/db/batch.hpp"

namespace consolidador {

/// Gives libmariadb the rows of an array execution one by one, through STMT_ATTR_CB_PARAM (the way
/// of MariaDB's Python connector): no copy of a whole day in the form of the wire is made.
class RowFeed {
 public:
  /// Reads the row `first` of the batch, with which the execution begins.
  RowFeed(const Batch& batch, std::size_t first);

  /// Bindings to the row that was read last.
  std::vector<MYSQL_BIND> bind();

  /// The callback: points `binds` to the row first + index. An error is kept for rethrow().
  static my_bool next(void* feed, MYSQL_BIND* binds, unsigned index) noexcept;

  void rethrow() const;

 private:
  bool read(MYSQL_BIND* binds, unsigned index) noexcept;
  void point(MYSQL_BIND* binds);

  const Batch& batch_;
  std::size_t first_;
  BatchRow row_;
  std::vector<unsigned long> lengths_;
  std::exception_ptr failure_;
};

}  // namespace consolidador
