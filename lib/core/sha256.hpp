// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <memory>
#include <string_view>

namespace consolidador {

/// SHA-256 (FIPS 180-4) of one text after another. Not thread-safe.
class Sha256 {
 public:
  using Digest = std::array<unsigned char, 32>;

  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  /// Throws Error (permanent, internal) where OpenSSL cannot.
  Digest operator()(std::string_view text);

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

/// The digest's bytes as text.
std::string_view bytes_of(const Sha256::Digest& digest) noexcept;

}  // namespace consolidador
