// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace consolidador {

/// Bytes of the letter of UTF-8 (RFC 3629) at the front of `text`; 0 when none is there.
std::size_t letter_length(std::string_view text) noexcept;

/// Letters in `text`, or nothing when it is not valid UTF-8.
std::optional<std::size_t> utf8_length(std::string_view text) noexcept;

/// The beginning of `text`, at most so many bytes, that ends after a whole letter of UTF-8.
std::string_view shortened(std::string_view text, std::size_t bytes) noexcept;

/// The same, with `...` where something was left out, and after a whole word unless that would take
/// away most of it.
std::string abridged(std::string_view text, std::size_t bytes);

/// `1 day`, `3 days`.
std::string counted(std::uint64_t count, std::string_view noun);

/// `text` with every byte that belongs to no letter of UTF-8 replaced by U+FFFD, and so every
/// noncharacter: D-Bus takes neither.
std::string valid_utf8(std::string_view text);

/// The code of a whole letter of UTF-8.
char32_t code_of(std::string_view letter) noexcept;

/// No control character (line breaks, NUL, escape, ...), no mark that turns the direction of
/// letters, and none that is not seen and changes what a code is.
bool is_harmless(char32_t code) noexcept;

/// valid_utf8() with every letter that is not harmless replaced by a blank, so that it stays on one
/// line, reads as it is and cannot command a terminal.
std::string one_line(std::string_view text);

}  // namespace consolidador
