// SPDX-License-Identifier: MIT
#include "lib/core/secret.hpp"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <fstream>
#include <memory>
#include <new>
#include <ostream>
#include <string_view>
#include <type_traits>

#include "tests/support/catch.hpp"
#include "tests/support/child.hpp"

namespace consolidador {
namespace {

template <typename T>
concept Streamable = requires(std::ostream& out, const T& value) {
  out << value;
};

static_assert(!Streamable<Secret>);
static_assert(!fmt::is_formattable<Secret>::value);
static_assert(!std::is_convertible_v<Secret, std::string>);
static_assert(!std::is_convertible_v<std::string, Secret>);
static_assert(std::is_nothrow_move_constructible_v<Secret>);

/// Memory in which a Secret lives, so that it can be looked at when the Secret is gone.
struct Place {
  alignas(Secret) std::array<unsigned char, sizeof(Secret)> bytes{};

  bool holds(std::string_view text) const {
    return std::search(bytes.begin(), bytes.end(), text.begin(), text.end(),
                       [](unsigned char a, char b) {
                         return a == static_cast<unsigned char>(b);
                       }) != bytes.end();
  }
};

TEST_CASE("a secret gives its text only when asked") {
  const Secret secret("clave-larga-que-no-cabe-en-el-buffer");
  CHECK(secret.reveal() == "clave-larga-que-no-cabe-en-el-buffer");
  CHECK_FALSE(secret.empty());
  CHECK(Secret().empty());
  CHECK(Secret("").empty());
}

TEST_CASE("copies are equal and live on their own") {
  auto original = std::make_unique<Secret>("hunter2");
  const Secret copy = *original;
  CHECK((copy == *original));
  original.reset();
  CHECK(copy.reveal() == "hunter2");
  CHECK((copy != Secret("hunter3")));
}

TEST_CASE("a short password does not stay in memory when its secret goes") {
  Place place;
  std::destroy_at(new (place.bytes.data()) Secret("hunter2"));
  CHECK_FALSE(place.holds("hunter"));
}

TEST_CASE("a password that was moved away leaves nothing behind") {
  Place place;
  auto* secret = new (place.bytes.data()) Secret("hunter2");
  const Secret taken = std::move(*secret);
  CHECK_FALSE(place.holds("hunter"));
  CHECK(secret->empty());
  CHECK(taken.reveal() == "hunter2");
  std::destroy_at(secret);
}

TEST_CASE("a new password leaves nothing of the old one") {
  Place place;
  auto* secret = new (place.bytes.data()) Secret("hunter2");
  *secret = Secret("x");
  CHECK_FALSE(place.holds("unter2"));
  CHECK(secret->reveal() == "x");
  std::destroy_at(secret);
}

/// Whether another process of the same unprivileged account reads what is private to this one.
int neighbour_reads_us() {
  const auto path = fmt::format("/proc/{}/environ", ::getpid());
  test::Child neighbour([&] { return std::ifstream(path).good() ? 1 : 0; });
  return neighbour.wait();
}

TEST_CASE("another process of the same account cannot look into ours once its memory is private") {
  if (::geteuid() != 0) return;  // only root may become the account
  constexpr uid_t nobody = 65534;
  test::Child ours([] {
    if (::setgid(nobody) != 0 || ::setuid(nobody) != 0) return 2;
    ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);  // changing the account had cleared it
    if (neighbour_reads_us() != 1) return 3;
    keep_memory_private();
    return neighbour_reads_us();
  });
  CHECK(ours.wait() == 0);
}

}  // namespace
}  // namespace consolidador
