// SPDX-License-Identifier: MIT
#pragma once
#include <vector>

#include "lib/core/date.hpp"
#include "lib/preflight/answers.hpp"
#include "lib/preflight/finding.hpp"

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

/// The columns that came after version 0.1.0: without them the days are brought all the same.
void check_newer_columns(const std::vector<Row>& found, Report& report);

/// Whether the account sees this table.
bool has_table(const std::vector<Row>& columns, std::string_view table);

/// The history, and the version that the schema says it has: none before they came.
void check_memory(const std::vector<Row>& columns, Report& report);
/// Whether a few bad lines of the POS can be kept, so that the day is taken without them.
void check_quarantine(const std::vector<Row>& columns, Report& report);
void check_schema_version(std::string_view version, Report& report);

/// The guarded VPS: what tables are behind its views must be asked for in another way.
bool are_views(const std::vector<Row>& found);

/// Engine and primary keys.
void check_keys(const std::vector<Row>& found, Report& report);

/// Whether the yearly partitions of the sales and their history go on for some time.
void check_partitions(const std::vector<Row>& found, Date today, Report& report);

/// What makes the partitions ahead.
void check_event_scheduler(const Variables& server, Report& report);

}  // namespace consolidador::preflight
