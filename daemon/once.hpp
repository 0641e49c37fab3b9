// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <ostream>
#include <string>

#include "lib/config/config.hpp"
#include "lib/core/date.hpp"
#include "lib/core/exit_code.hpp"

namespace consolidador {

struct OnceOptions {
  std::optional<DateRange> range;  ///< instead of the configured window
  bool dry_run = false;            ///< write to no database; say what would be done
  bool local_only = false;         ///< do not connect to the VPS
  bool audit_only = false;         ///< write to no database; a difference is an ERROR
  std::string approve_loss;        ///< why what is held is written all the same; empty: it is not
  bool take_over = false;          ///< this machine writes the branch's days from now on
  bool terminal = false;           ///< `out` is a terminal: show a progress bar
};

/// `consolidadord once`: processes each day of the window and ends with a summary table on `out`.
/// Every day that was processed gets a line in the bitacora, except in a dry run. Root becomes the
/// owner of the folder of the logs (become_owner_of()) before any file there is opened.
/// Throws UsageError, before any database is asked, for a range that ends after today in the
/// branch; ConfigError when bot.log or the bitacora cannot be written.
ExitCode run_once(const Config& config, const OnceOptions& options, std::ostream& out);

}  // namespace consolidador
