// SPDX-License-Identifier: MIT
#include "lib/core/outlet.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/bus/snapshot.hpp"
#include "daemon/ctl/export_text.hpp"
#include "daemon/ctl/json.hpp"
#include "daemon/ctl/nagios.hpp"
#include "daemon/ctl/prometheus.hpp"
#include "daemon/service/notifier.hpp"
#include "lib/core/log.hpp"
#include "lib/core/log_journal.hpp"
#include "lib/core/table.hpp"
#include "lib/core/text.hpp"
#include "lib/report/bitacora.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/child.hpp"
#include "tests/support/notify_socket.hpp"
#include "tests/support/temp_dir.hpp"

namespace consolidador {
namespace {

using Texts = std::vector<std::string>;

/// What a till, a server or a colleague may have written where a name or a code belongs.
Texts hostile_texts() {
  return {
      "\033[2J",
      "7501\033]0;owned\007",
      "\033]8;;http://example.invalid\033\\link",
      "\033[31mERROR\033[0m",
      "\x9b"
      "2J",
      "\u009b2J",
      "\u0085next line",
      "a\u2028b",
      "a\u2029b",
      "code \u202e0057",
      "\u202a\u202b\u202d",
      "\u2066\u2067\u2068\u2069",
      "\u200e\u200f\u061c",
      "a\nb",
      "a\r\nERROR all is lost",
      "OK\rnot",
      "tab\there",
      "bell\a",
      "back\b\b\bspace",
      std::string("nul\0byte", 8),
      "\x7f",
      "\xff\xfe",
      "\xc3",
      "\xed\xa0\x80",
      "\xf4\x90\x80\x80",
      "\xef\xbf\xbf",
      "\ufeff7501",
      "75\u200b01",
      "\U000e0041tag",
      std::string(4'000, 'x'),
      std::string(200'000, 'y'),
      std::string(4'001, '\033'),
      "\u00f1" + std::string(3'999, '\xc3'),
      "=HYPERLINK(\"http://example.invalid\")",
      "+1+1",
      "-2+3+cmd|' /C calc'!A0",
      "@SUM(1:1)",
      "\t=1+1",
      "\r=1+1",
      "x;=1+1",
      "x; -1+1;@a",
      "'=1+1",
      "\uff1d1+1",
      "a\";=1+1;\"",
      "a,b\"c\"\"d",
      "<script>alert(1)</script>",
      "\" onmouseover=\"alert(1)",
      "' onmouseover='alert(1)",
      "&lt;b&gt;{}{0}%s%n",
      "| 'x'=1;;;0",
      "a\\\"} 1\nforged_metric{x=\"",
      "\nMESSAGE_ID=0\nPRIORITY=0\nREADY=1",
  };
}

bool commands_or_misleads(char32_t code) {
  const auto within = [code](char32_t first, char32_t last) {
    return code >= first && code <= last;
  };
  return code < 0x20 || within(0x7F, 0x9F) || code == 0x61C || within(0x200B, 0x200B) ||
         within(0x200E, 0x200F) || within(0x2028, 0x202E) || within(0x2060, 0x206F) ||
         code == 0xFEFF || within(0xE0000, 0xE007F);
}

char32_t number_of(std::string_view letter) {
  auto code = static_cast<char32_t>(static_cast<unsigned char>(letter[0]));
  if (letter.size() > 1) code &= 0x7FU >> letter.size();
  for (const char c : letter.substr(1)) code = code << 6U | (static_cast<unsigned char>(c) & 0x3FU);
  return code;
}

/// Whether each letter is one of UTF-8 that neither commands nor misleads, on one line.
bool is_safe(std::string_view text) {
  while (!text.empty()) {
    const auto length = letter_length(text);
    if (length == 0 || commands_or_misleads(number_of(text.substr(0, length)))) return false;
    text.remove_prefix(length);
  }
  return true;
}

/// As it is seen by a spreadsheet that takes commas or semicolons for what lies between cells.
bool calculates(const std::string& cell) {
  std::string text = cell;
  std::erase(text, '"');
  for (std::size_t at = 0; at != text.npos && at < text.size(); at = text.find(';', at)) {
    if (text[at] == ';') ++at;
    at = text.find_first_not_of(' ', at);
    if (at == text.npos) return false;
    const auto rest = std::string_view(text).substr(at);
    if (std::string_view("=+-@").find(rest[0]) != std::string_view::npos) return true;
    for (const char* wide : {"\uff1d", "\uff0b", "\uff0d", "\uff20"})
      if (rest.starts_with(wide)) return true;
  }
  return false;
}

std::string without_last_newline(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

std::string logged(const std::string& text) {
  const test::TempDir dir;
  const int ended = test::Child([&] {
                      log::Options options;
                      options.file = dir / "bot.log";
                      options.console_level = log::Level::error;
                      log::start(options);
                      log::warning("{}", text);
                      return 0;
                    }).wait();
  CHECK(ended == 0);
  return without_last_newline(test::read_file(dir / "bot.log"));
}

std::string in_journal(const std::string& text) {
  log::Fields fields;
  fields.target = text;
  std::string all;
  for (const auto& field : log::journal_fields(log::Level::info, text, fields, 1)) all += field;
  return all;
}

std::string in_status(const std::string& text) {
  test::NotifySocket systemd(0);
  Notifier().status(text);
  return systemd.take_all().at(0);
}

std::string in_prometheus(const std::string& text) {
  ctl::Status status;
  status.branch_name = text;
  std::string all = ctl::prometheus({status}, {});
  std::ranges::replace(all, '\n', ' ');
  return all;
}

std::string in_nagios(const std::string& text) {
  ctl::Status status;
  status.health_reasons = {text};
  return ctl::nagios(status, {}).line;
}

struct Outlet {
  const char* name;
  std::size_t longest;  ///< beside the text
  std::function<std::string(const std::string&)> shown;
};

std::vector<Outlet> outlets() {
  constexpr std::size_t whole = 1'200'000;  // for programs
  const auto table = [](const std::string& text) {
    Table shown({{""}, {""}});
    shown.add({{"2026-01-01"}, {text}});
    return without_last_newline(shown.text({}));
  };
  return {
      {"terminal", 100, table},
      {"log", 100, logged},
      {"journal", 2'200, in_journal},
      {"status of systemd", 100, in_status},
      {"D-Bus", 0, [](const std::string& text) { return bus::bounded(text); }},
      {"JSON", whole, [](const std::string& text) { return ctl::to_json({text}); }},
      {"HTML", 20'000,
       [](const std::string& text) { return without_last_newline(ctl::html_row("td", {text})); }},
      {"CSV", 4'000, ctl::csv_text},
      {"Prometheus", 40'000, in_prometheus},
      {"Nagios", 2'000, in_nagios},
  };
}

BitacoraEntry entry_with(const std::string& text) {
  BitacoraEntry entry;
  entry.date = parse_date("2026-01-01");
  entry.error = text;
  entry.local = text;
  entry.note = text;
  return entry;
}

TEST_CASE("of fifty hostile texts none commands, misleads or floods, wherever it is shown") {
  for (const auto& outlet : outlets())
    for (const auto& text : hostile_texts()) {
      CAPTURE(outlet.name, text.substr(0, 60));
      const std::string shown = outlet.shown(text);
      CHECK(is_safe(shown));
      CHECK(shown.size() <= longest_shown + outlet.longest);
    }
}

TEST_CASE("no hostile text becomes markup, a label's end or perfdata") {
  for (const auto& text : hostile_texts()) {
    CAPTURE(text.substr(0, 60));
    const std::string html = ctl::html_row("td", {text});
    CHECK(std::ranges::count(html, '<') == 4);
    CHECK(html.find_first_of("\"'") == html.npos);
    CHECK(std::ranges::count(in_nagios(text), '|') == 1);
    const std::string json = ctl::to_json({text});
    std::string bare = json.substr(1, json.size() - 2);
    for (std::size_t at = bare.find('\\'); at != bare.npos; at = bare.find('\\', at))
      bare.erase(at, 2);
    CHECK(bare.find('"') == bare.npos);
  }
}

TEST_CASE(
    "no hostile text calculates in a spreadsheet, and the bitacora gives back what was told") {
  const test::TempDir dir;
  for (const auto& text : hostile_texts()) {
    CAPTURE(text.substr(0, 60));
    CHECK_FALSE(calculates(ctl::csv_text(text)));
    const auto path = dir / "bitacora.csv";
    std::filesystem::remove(path);
    Bitacora(path).append(entry_with(text));
    const std::string file = test::read_file(path);
    CHECK(std::ranges::count(file, '\n') == 2);
    const auto line = without_last_newline(file.substr(file.find('\n') + 1));
    CHECK(is_safe(line));
    CHECK(line.size() <= 3 * longest_shown + 400);
    const auto read = read_bitacora(path);
    REQUIRE(read.size() == 1);
    CHECK(read[0].error == for_log(text));
    CHECK(read[0].local == for_log(text));
    for (const auto& cell : {read[0].error, read[0].local, read[0].note})
      CHECK_FALSE(calculates(for_csv(cell)));
  }
}

TEST_CASE("what is harmless is shown as it is, and a number stays one in a spreadsheet") {
  for (const char* text : {"7501055300075", "Cafetería Ñandú €", "vps: not reached; try again",
                           "שלום", "a - b = c", "-", ""}) {
    CAPTURE(text);
    CHECK(for_terminal(text) == text);
    CHECK(for_log(text) == text);
    CHECK(from_csv(for_csv(text)) == text);
  }
  CHECK(for_csv("vps: not reached; try again") == "vps: not reached; try again");
  CHECK(for_csv("-12.5000") == "'-12.5000");  // a code; figures are written as they are
  CHECK(for_json("a\u009b\u202eb") == R"("a\u009b\u202eb")");
  BitacoraEntry entry = entry_with("");
  entry.sales = Decimal::parse("-12.5");
  const test::TempDir dir;
  Bitacora(dir / "b.csv").append(entry);
  CHECK_THAT(test::read_file(dir / "b.csv"), test::contains(",-12.5000,"));
}

}  // namespace
}  // namespace consolidador
