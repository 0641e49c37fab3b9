// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace consolidador {

/// `text` with every control character (line breaks, NUL, escape, ...) replaced by a blank, so that
/// it stays on one line and cannot command a terminal. UTF-8 letters stay as they are.
std::string one_line(std::string_view text);

/// `text` in quotes as JSON has it (RFC 8259); must be valid UTF-8.
std::string json_text(std::string_view text);

/// `text` with every byte that belongs to no letter of UTF-8 replaced by U+FFFD, noncharacters too.
std::string valid_utf8(std::string_view text);

/// The beginning of `text`, at most so many bytes, that ends after a whole letter of UTF-8.
std::string_view shortened(std::string_view text, std::size_t bytes);

}  // namespace consolidador
