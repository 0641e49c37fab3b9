// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <bitset>
#include <cstdint>
#include <span>
#include <string_view>

#include "lib/core/date.hpp"
#include "lib/core/sha256.hpp"
#include "lib/sync/sales_row.hpp"

namespace consolidador {

// A day's rows in buckets of their codes, each with a seal. Two days with the same seals hold the
// same rows, whoever wrote them: unlike the Huella, SHA-256 does not add up.

inline constexpr std::size_t bucket_count = 128;

/// The bucket's rows in the order of the key: SHA-256 over the SHA-256 of each one's canonical
/// text. All zero: it has no rows.
using Seal = Sha256::Digest;
using Seals = std::array<Seal, bucket_count>;
using BucketSet = std::bitset<bucket_count>;

/// The low 7 bits of the code's CRC-32 (IEEE 802.3), as `CRC32(Upc) & 127` in SQL.
std::size_t bucket_of(std::string_view upc) noexcept;

/// `rows` sorted by key. sql/dia/sellar_dia.sql computes the same.
Seals seals_of(std::span<const SalesRow> rows, std::int32_t branch_id, Date date);

BucketSet differing(const Seals& one, const Seals& other) noexcept;

}  // namespace consolidador
