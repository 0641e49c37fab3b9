// SPDX-License-Identifier: MIT
#include "daemon/lanes/failure_news.hpp"

#include "tests/support/catch.hpp"

using namespace consolidador;
using namespace std::chrono_literals;

namespace {

const FailureNews::Instant noon = FailureNews::Instant(12h);

}  // namespace

TEST_CASE("the same failure is news once an hour, another one at once") {
  FailureNews news;
  CHECK(news.is_news("refused", noon));
  CHECK_FALSE(news.is_news("refused", noon + 59min));
  CHECK(news.is_news("timed out", noon + 59min));
  CHECK_FALSE(news.is_news("refused", noon + 59min));
  CHECK(news.is_news("refused", noon + 60min));
  CHECK_FALSE(news.is_news("refused", noon + 119min));
}

TEST_CASE("after the end of a series, and after the clock was set back, everything is news") {
  FailureNews news;
  news.is_news("refused", noon);
  CHECK(news.is_news("refused", noon - 1min));
  news.clear();
  CHECK(news.is_news("refused", noon));
}

TEST_CASE("texts that differ each time neither fill the log nor the memory") {
  FailureNews news;
  int said = 0;
  for (int i = 0; i < 10'000; ++i) said += news.is_news("row " + std::to_string(i), noon) ? 1 : 0;
  CHECK(said == 20);
}
