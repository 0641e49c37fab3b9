// SPDX-License-Identifier: MIT
#include "lib/core/error.hpp"

#include <new>

#include "tests/support/catch.hpp"

using namespace consolidador;

TEST_CASE("an error thrown on purpose stays what it is") {
  const Error error =
      as_error(Error(ErrorClass::in_doubt, ErrorCause::link, "lost in COMMIT", 2013));
  CHECK(error.error_class() == ErrorClass::in_doubt);
  CHECK(error.cause() == ErrorCause::link);
  CHECK(error.code() == 2013);
  CHECK(error.what() == std::string("lost in COMMIT"));
}

TEST_CASE("what nobody threw on purpose is tried again, and called internal") {
  const Error error = as_error(std::bad_alloc());
  CHECK(error.cause() == ErrorCause::internal);
  CHECK(error.retryable());
  CHECK(error.code() == 0);
}
