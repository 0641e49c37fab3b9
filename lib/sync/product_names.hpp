// SPDX-License-Identifier: MIT
#pragma once
#include <map>
#include <span>
#include <string>

namespace consolidador {

/// What products are called, by code.
using NamesByCode = std::map<std::string, std::string>;

/// How many products of one answer people are told the names of.
inline constexpr std::size_t most_named_products = 100;

/// Port: what the POS calls its products. Calls block and throw Error; a POS that cannot tell is an
/// Error, too (permanent, schema or rights).
class ProductNames {
 public:
  virtual ~ProductNames() = default;
  /// Of those codes that have one; asks for each, and for no more than a few seconds.
  virtual NamesByCode names(std::span<const std::string> codes) = 0;
};

}  // namespace consolidador
