// SPDX-License-Identifier: MIT
#include "lib/db/row_feed.hpp"

namespace consolidador {

RowFeed::RowFeed(const Batch& batch, std::size_t first)
    : batch_(batch), first_(first), row_(batch.columns()), lengths_(batch.columns()) {
  batch_.read(first_, row_);
}

std::vector<MYSQL_BIND> RowFeed::bind() {
  std::vector<MYSQL_BIND> binds(row_.cells().size());
  point(binds.data());
  return binds;
}

my_bool RowFeed::next(void* feed, MYSQL_BIND* binds, unsigned index) noexcept {
  return static_cast<RowFeed*>(feed)->read(binds, index) ? 0 : 1;
}

bool RowFeed::read(MYSQL_BIND* binds, unsigned index) noexcept try {
  batch_.read(first_ + index, row_);
  point(binds);
  return true;
} catch (...) {
  failure_ = std::current_exception();
  return false;
}

void RowFeed::rethrow() const {
  if (failure_) std::rethrow_exception(failure_);
}

void RowFeed::point(MYSQL_BIND* binds) {
  const auto cells = row_.cells();
  for (std::size_t column = 0; column < cells.size(); ++column) {
    MYSQL_BIND& bind = binds[column];
    const BatchRow::Cell& cell = cells[column];
    lengths_[column] = cell.characters.size();
    bind.buffer_type = cell.text ? MYSQL_TYPE_STRING : MYSQL_TYPE_LONGLONG;
    bind.buffer = cell.text ? const_cast<char*>(cell.characters.data())
                            : static_cast<void*>(const_cast<std::int64_t*>(&cell.integer));
    bind.length = &lengths_[column];
    bind.buffer_length = lengths_[column];  // libmariadb makes room by this one
  }
}

}  // namespace consolidador
