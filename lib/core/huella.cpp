// SPDX-License-Identifier: MIT
#include "lib/core/huella.hpp"

#include <openssl/evp.h>

#include <array>

#include "lib/core/error.hpp"

namespace consolidador {

struct HuellaSum::Digest {
  // Fetched once: looking the algorithm up costs more than hashing a row.
  EVP_MD* algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  EVP_MD_CTX* context = EVP_MD_CTX_new();

  Digest() = default;
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;
  ~Digest() {
    EVP_MD_CTX_free(context);
    EVP_MD_free(algorithm);
  }
};

HuellaSum::HuellaSum() : digest_(std::make_unique<Digest>()) {}
HuellaSum::~HuellaSum() = default;
HuellaSum::HuellaSum(HuellaSum&&) noexcept = default;
HuellaSum& HuellaSum::operator=(HuellaSum&&) noexcept = default;

void HuellaSum::add(std::string_view canonical_row) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash;
  const bool hashed =
      EVP_DigestInit_ex2(digest_->context, digest_->algorithm, nullptr) == 1 &&
      EVP_DigestUpdate(digest_->context, canonical_row.data(), canonical_row.size()) == 1 &&
      EVP_DigestFinal_ex(digest_->context, hash.data(), nullptr) == 1;
  if (!hashed)
    throw Error(ErrorClass::permanent, ErrorCause::internal, "OpenSSL cannot compute SHA-256");
  std::uint64_t first = 0;
  for (std::size_t i = 0; i < sizeof first; ++i) first = first << 8 | hash[i];
  sum_ += first;
}

}  // namespace consolidador
