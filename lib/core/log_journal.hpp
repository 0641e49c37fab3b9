// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string_view>

#include "lib/core/log.hpp"

namespace consolidador::log {

/// Whether stderr is connected to the journal (systemd.exec(5), $JOURNAL_STREAM).
bool stderr_is_journal() noexcept;

/// One entry with its fields, by sd_journal_sendv(3): BRANCH, DAY, TARGET, JOB, ERRNO, MESSAGE_ID.
/// Returns false when the journal does not take it.
bool send_to_journal(Level level, std::string_view message, const Fields& fields,
                     std::int32_t branch) noexcept;

}  // namespace consolidador::log
