// SPDX-License-Identifier: MIT
#include "lib/sync/retry.hpp"

#include "lib/sync/auditor.hpp"

namespace consolidador {

unsigned retrying(const RetryOptions& options, const std::function<void()>& unit,
                  const std::function<void(const Error&, std::chrono::milliseconds)>& on_retry) {
  for (unsigned attempt = 1;; ++attempt) {
    std::chrono::milliseconds delay{};
    try {
      unit();
      return attempt;
    } catch (const Overtaken&) {  // the extraction has to be made again, not the unit
      throw;
    } catch (const Error& error) {
      if (!error.retryable() || attempt >= options.attempts) throw;
      delay = backoff_delay(options.backoff, attempt, options.random());
      on_retry(error, delay);
    }
    options.sleep(delay);
  }
}

}  // namespace consolidador
