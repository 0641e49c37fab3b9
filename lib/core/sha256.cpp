// SPDX-License-Identifier: MIT
#include "lib/core/sha256.hpp"

#include <openssl/evp.h>

#include "lib/core/error.hpp"

namespace consolidador {

struct Sha256::Context {
  // Fetched once: looking the algorithm up costs more than hashing a row.
  EVP_MD* algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  EVP_MD_CTX* context = EVP_MD_CTX_new();

  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() {
    EVP_MD_CTX_free(context);
    EVP_MD_free(algorithm);
  }
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

Sha256::Digest Sha256::operator()(std::string_view text) {
  Digest digest{};
  const bool hashed = EVP_DigestInit_ex2(context_->context, context_->algorithm, nullptr) == 1 &&
                      EVP_DigestUpdate(context_->context, text.data(), text.size()) == 1 &&
                      EVP_DigestFinal_ex(context_->context, digest.data(), nullptr) == 1;
  if (!hashed)
    throw Error(ErrorClass::permanent, ErrorCause::internal, "OpenSSL cannot compute SHA-256");
  return digest;
}

std::string_view bytes_of(const Sha256::Digest& digest) noexcept {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace consolidador
