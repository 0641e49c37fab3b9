// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace consolidador {

// What is shown of texts that come from outside: codes and names of the POS, messages of servers,
// reasons of people. Each function makes a text safe where its name says, and all but for_json()
// short, too: one_line(), and of what is longer the beginning with ` ...`.

/// Bytes of a text that people read; no line of ours is as long.
constexpr std::size_t longest_shown = 2'000;
/// Bytes of a text on the bus, of which there may be many in an answer.
constexpr std::size_t longest_on_bus = 1'000;

std::string for_terminal(std::string_view text);
std::string for_log(std::string_view text);      ///< of one message
std::string for_journal(std::string_view text);  ///< of a field, and a status of systemd's
std::string for_bus(std::string_view text);
std::string for_html(std::string_view text);  ///< also within an attribute

/// The content of a cell, yet to be quoted. Spreadsheets calculate what begins with = + - or @, and
/// some begin a cell at a semicolon, quoted or not: an apostrophe before it makes it text. Figures
/// are not for this.
std::string for_csv(std::string_view text);
/// What for_csv() was given, made one line and short.
std::string from_csv(std::string_view cell);

/// In quotes, as JSON has it (RFC 8259); what commands or misleads is written as its number, so
/// that a reader gets the whole text back.
std::string for_json(std::string_view text);

}  // namespace consolidador
