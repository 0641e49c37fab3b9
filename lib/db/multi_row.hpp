// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>

namespace consolidador {

/// Placeholders that a server takes in one prepared statement (16-bit count in COM_STMT_PREPARE).
inline constexpr std::size_t max_parameters = 65'535;

/// Whether the statement is an INSERT with one `VALUES (...)` group, which can be repeated.
bool is_insert_values(std::string_view sql);

/// The same INSERT with its group written `rows` times: for servers without array binding.
std::string repeat_values(std::string_view sql, std::size_t rows);

}  // namespace consolidador
