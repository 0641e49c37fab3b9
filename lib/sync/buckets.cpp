// SPDX-License-Identifier: MIT
#include "lib/sync/buckets.hpp"

#include <boost/crc.hpp>
#include <string>

#include "lib/sync/row_text.hpp"

namespace consolidador {

std::size_t bucket_of(std::string_view upc) noexcept {
  boost::crc_32_type crc;
  crc.process_bytes(upc.data(), upc.size());
  return crc.checksum() % bucket_count;
}

Seals seals_of(std::span<const SalesRow> rows, std::int32_t branch_id, Date date) {
  Sha256 sha256;
  RowText text(branch_id, date);
  std::array<std::string, bucket_count> digests;
  for (const SalesRow& row : rows) digests[bucket_of(row.key.upc)] += bytes_of(sha256(text(row)));
  Seals seals{};
  for (std::size_t i = 0; i < bucket_count; ++i)
    if (!digests[i].empty()) seals[i] = sha256(digests[i]);
  return seals;
}

BucketSet differing(const Seals& one, const Seals& other) noexcept {
  BucketSet buckets;
  for (std::size_t i = 0; i < bucket_count; ++i) buckets[i] = one[i] != other[i];
  return buckets;
}

}  // namespace consolidador
