// SPDX-License-Identifier: MIT
#include "daemon/lanes/failure_news.hpp"

namespace consolidador {
namespace {

constexpr auto say_again_after = std::chrono::hours(1);
constexpr std::size_t most_texts = 20;

}  // namespace

bool FailureNews::is_news(const std::string& text, Instant now) {
  if (said_.size() >= most_texts && !said_.contains(text)) return false;
  const auto [entry, first] = said_.try_emplace(text, now);
  if (!first && now - entry->second < say_again_after && entry->second <= now) return false;
  entry->second = now;
  return true;
}

}  // namespace consolidador
