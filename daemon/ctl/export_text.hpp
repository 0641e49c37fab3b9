// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace consolidador::ctl {

// The pieces of what goes into spreadsheets, mails and other programs.

using Texts = std::vector<std::string>;

/// for_csv() in quotes, whatever it holds: a spreadsheet that is told so takes it for text, and a
/// code keeps its zeros and blanks.
std::string csv_text(const std::string& text);

/// A row of a table, its cells between `th` or `td`.
std::string html_row(const char* tag, const Texts& texts);
std::string html_table(const Texts& titles, const std::vector<Texts>& rows);

/// A page that needs nothing else; `body` is markup.
std::string html_document(const std::string& title, const std::string& body);

}  // namespace consolidador::ctl
