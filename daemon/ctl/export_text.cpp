// SPDX-License-Identifier: MIT
#include "daemon/ctl/export_text.hpp"

#include <fmt/format.h>

#include "daemon/ctl/fleet_page.hpp"
#include "daemon/ctl/markup.hpp"
#include "lib/core/outlet.hpp"

namespace consolidador::ctl {

std::string csv_text(const std::string& text) {
  std::string field = "\"";
  for (const char c : for_csv(text)) field.append(c == '"' ? 2 : 1, c);
  return field + '"';
}

std::string html_row(const char* tag, const Texts& texts) {
  std::string row = "<tr>";
  for (const auto& text : texts) row += fmt::format("<{0}>{1}</{0}>", tag, for_html(text));
  return row + "</tr>\n";
}

std::string html_table(const Texts& titles, const std::vector<Texts>& rows) {
  std::string text = "<table>\n" + html_row("th", titles);
  for (const Texts& row : rows) text += html_row("td", row);
  return text + "</table>\n";
}

std::string html_document(const std::string& title, const std::string& body) {
  return fmt::format(fmt::runtime(markup::diff), fmt::arg("title", for_html(title)),
                     fmt::arg("style", markup::style), fmt::arg("days", body)) +
         '\n';
}

}  // namespace consolidador::ctl
