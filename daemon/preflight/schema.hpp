// SPDX-License-Identifier: MIT
#pragma once
#include <vector>

#include "daemon/preflight/answers.hpp"
#include "daemon/preflight/finding.hpp"
#include "lib/core/date.hpp"

namespace consolidador::preflight {

// What the databases must hold, compared with the answers of sql/revisar_*.sql.

struct Procedure {
  std::string_view name;
  std::string_view parameters;  ///< `IN date, IN int`
};

/// The procedures and their parameters.
void check_procedures(const std::vector<Row>& found, std::initializer_list<Procedure> wanted,
                      Report& report);

/// Procedures run with the sql_mode with which they were made, not with the session's.
void check_procedures_mode(const std::vector<Row>& found, Report& report);

/// Types of the columns, and the collation of Upc.
void check_columns(const std::vector<Row>& found, Report& report);

/// Engine and primary keys. Views (the guarded VPS) show neither: true then.
bool check_keys(const std::vector<Row>& found, Report& report);

/// Rows after `unbounded_from` (YYYY-MM-DD, or nothing without partitions) share one partition.
void check_partitions(const std::string& unbounded_from, Date today, Report& report);

/// What makes the partitions ahead.
void check_event_scheduler(const Variables& server, Report& report);

}  // namespace consolidador::preflight
