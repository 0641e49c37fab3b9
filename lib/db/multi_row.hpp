// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>

namespace consolidador {

/// Placeholders that a server takes in one prepared statement (16-bit count in COM_STMT_PREPARE).
inline constexpr std::size_t max_parameters = 65'535;

/// Whether the statement is an INSERT or REPLACE with one `VALUES (...)` group, which can be
/// repeated. Knows quoted texts and names, not comments.
bool is_insert_values(std::string_view sql);

/// The same statement with its group written `rows` times, at least once: for servers without array
/// binding. Needs is_insert_values().
std::string repeat_values(std::string_view sql, std::size_t rows);

/// How many rows of `columns` parameters the statement takes when the repetitions may make it
/// longer by `bytes`; 1 when it cannot be repeated.
std::size_t repeatable_rows(std::string_view sql, std::size_t columns, std::size_t bytes);

}  // namespace consolidador
