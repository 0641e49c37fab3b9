// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/core/log.hpp"

namespace consolidador::log {

/// Whether stderr is connected to the journal (systemd.exec(5), $JOURNAL_STREAM).
bool stderr_is_journal() noexcept;

/// An entry as NAME=value: PRIORITY and MESSAGE, and what is known of BRANCH, DAY, TARGET, JOB,
/// ERRNO (the database's error number) and MESSAGE_ID (systemd.journal-fields(7)).
std::vector<std::string> journal_fields(Level level, std::string_view message, const Fields& fields,
                                        std::int32_t branch);

/// Sends the entry by sd_journal_sendv(3). Returns false when the journal does not take it.
bool send_to_journal(Level level, std::string_view message, const Fields& fields,
                     std::int32_t branch) noexcept;

}  // namespace consolidador::log
