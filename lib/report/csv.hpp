// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace consolidador {

/// One RFC 4180 record without its line ending; a field is quoted when it holds a comma, a
/// semicolon, a quote, CR or LF. Texts from outside are to be made for_csv() before.
std::string format_csv_record(std::span<const std::string> fields);

/// The fields of one record that fills `line`; nothing when its quoting is damaged.
std::optional<std::vector<std::string>> parse_csv_record(std::string_view line);

}  // namespace consolidador
