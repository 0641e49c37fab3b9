// SPDX-License-Identifier: MIT
#include "lib/report/bitacora.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <random>
#include <thread>

#include "lib/core/error.hpp"
#include "lib/core/outlet.hpp"
#include "lib/core/text.hpp"
#include "lib/report/csv.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/child.hpp"
#include "tests/support/temp_dir.hpp"

namespace consolidador {
namespace {

namespace fs = std::filesystem;
using test::read_file;
using test::write_file;

const std::string header =
    "fecha,estado,intentos,filas,error,fecha_registro,"
    "sucursal,unidades,venta,costo,huella,local,vps,duracion_ms,nota,cambio\n";
const std::string header_without_change =
    "fecha,estado,intentos,filas,error,fecha_registro,"
    "sucursal,unidades,venta,costo,huella,local,vps,duracion_ms,nota\n";
const std::string header_without_note =
    "fecha,estado,intentos,filas,error,fecha_registro,"
    "sucursal,unidades,venta,costo,huella,local,vps,duracion_ms\n";
const std::string bot_header = "fecha,estado,intentos,filas,error,fecha_registro\n";

BitacoraEntry good_day(const std::string& date = "2026-11-23") {
  BitacoraEntry entry;
  entry.date = parse_date(date);
  entry.estado = Estado::ok;
  entry.attempts = 1;
  entry.rows = 20'000;
  entry.registered = parse_date("2026-11-24") + std::chrono::hours(8);
  entry.branch = 7;
  entry.units = Decimal::parse("1234.5");
  entry.sales = Decimal::parse("98765.4321");
  entry.cost = Decimal::parse("-0.01");
  entry.huella = 0xabcdef;
  entry.local = "nuevo";
  entry.vps = "sin cambios";
  entry.duration = std::chrono::milliseconds(630);
  return entry;
}

BitacoraEntry bad_day(const std::string& date, const std::string& error) {
  BitacoraEntry entry;
  entry.date = parse_date(date);
  entry.attempts = 3;
  entry.error = error;
  entry.registered = parse_date("2026-11-24") + std::chrono::seconds(1);
  entry.branch = 7;
  return entry;
}

std::vector<BitacoraEntry> written_and_read(const BitacoraEntry& entry) {
  const test::TempDir dir;
  Bitacora(dir / "b.csv").append(entry);
  return read_bitacora(dir / "b.csv");
}

TEST_CASE("a good day and a failed one are written in the columns that people know") {
  const test::TempDir dir;
  Bitacora bitacora(dir / "b.csv");
  bitacora.append(good_day());
  bitacora.append(bad_day("2026-11-22", "no route to host"));
  CHECK(read_file(dir / "b.csv") ==
        header +
            "2026-11-23,OK,1,20000,,2026-11-24T08:00:00Z,"
            "7,1234.5000,98765.4321,-0.0100,0000000000abcdef,nuevo,sin cambios,630,,\n"
            "2026-11-22,ERROR,3,,no route to host,2026-11-24T00:00:01Z,7,,,,,,,,,\n");
}

TEST_CASE("what was written is read back") {
  CHECK(written_and_read(good_day()) == std::vector{good_day()});
  const auto failed = bad_day("2026-11-22", "no route");
  CHECK(written_and_read(failed) == std::vector{failed});
}

TEST_CASE("the words of earlier versions are read") {
  auto entry = good_day();
  entry.local = "reescrito";  // reprocesado
  CHECK(written_and_read(entry) == std::vector{entry});
}

TEST_CASE("each estado is written as people know it and read back") {
  const auto [estado, word] = GENERATE(values<std::pair<Estado, std::string>>({
      {Estado::ok, "OK"},
      {Estado::pending, "PENDIENTE"},
      {Estado::held, "RETENIDO"},
      {Estado::error, "ERROR"},
  }));
  auto entry = good_day();
  entry.estado = estado;
  const test::TempDir dir;
  Bitacora(dir / "b.csv").append(entry);
  CHECK(read_file(dir / "b.csv").starts_with(header + "2026-11-23," + word + ",1,"));
  CHECK(read_bitacora(dir / "b.csv") == std::vector{entry});
  CHECK(to_string(estado) == word);
}

TEST_CASE("the note says who approved what") {
  auto entry = good_day();
  entry.vps = "aprobado";
  entry.note = "ana: the till was double, \"Z 41\"";
  const test::TempDir dir;
  Bitacora(dir / "b.csv").append(entry);
  CHECK(read_file(dir / "b.csv")
            .ends_with(R"(,aprobado,630,"ana: the till was double, ""Z 41""",)"
                       "\n"));
  CHECK(read_bitacora(dir / "b.csv") == std::vector{entry});
}

TEST_CASE("the change stands in the last column with its signs, units first") {
  auto entry = good_day();
  entry.change = {Decimal::parse("3"), Decimal::parse("-12.5")};
  const test::TempDir dir;
  Bitacora(dir / "b.csv").append(entry);
  CHECK(read_file(dir / "b.csv").ends_with(",630,,\"+3.0000 u, -12.5000\"\n"));
  CHECK(read_bitacora(dir / "b.csv") == std::vector{entry});
}

TEST_CASE("a line whose change is none is skipped") {
  const test::TempDir dir;
  const std::string line = "2026-11-23,OK,1,1,,2026-11-24T08:00:00Z,7,,,,,,,,,";
  write_file(dir / "b.csv", header + line + "3 u\n" + line + "\"x u, 1\"\n");
  CHECK(read_bitacora(dir / "b.csv").empty());
}

TEST_CASE("a file from before changes were told is put aside and still known") {
  const test::TempDir dir;
  const auto before = header_without_change +
                      "2026-11-20,OK,1,20000,,2026-11-24T08:00:00Z,7,1234.5000,98765.4321,"
                      "-0.0100,0000000000abcdef,nuevo,sin cambios,630,a note\n";
  write_file(dir / "b.csv", before);
  Bitacora bitacora(dir / "b.csv");
  CHECK(read_file(dir / "b.1.csv") == before);
  CHECK(read_file(dir / "b.csv") == header);
  auto expected = good_day("2026-11-20");
  expected.note = "a note";
  CHECK(bitacora.last_entries(7).at(expected.date) == expected);
}

TEST_CASE("a note that is too long ends after a whole letter") {
  auto entry = good_day();
  entry.note = std::string(bitacora_note_bytes - 1, 'x') + "ñ and more";
  const auto read = written_and_read(entry);
  REQUIRE(read.size() == 1);
  CHECK(read[0].note == std::string(bitacora_note_bytes - 1, 'x'));
}

TEST_CASE("the largest values survive") {
  auto entry = good_day("9999-12-31");
  entry.attempts = std::numeric_limits<unsigned>::max();
  entry.rows = entry.huella = std::numeric_limits<std::uint64_t>::max();
  entry.branch = std::numeric_limits<std::int32_t>::max();
  entry.sales = Decimal::parse("-17014118346046923173168730371588410.5727");
  CHECK(written_and_read(entry) == std::vector{entry});
}

TEST_CASE("an entry without a time gets the present") {
  auto entry = good_day();
  entry.registered.reset();
  const auto before = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto read = written_and_read(entry);
  REQUIRE(read.size() == 1);
  CHECK(read[0].registered >= before);
  CHECK(read[0].registered <= std::chrono::system_clock::now());
}

TEST_CASE("hostile texts stay in their column and on their line") {
  const auto [text, expected] = GENERATE(values<std::pair<std::string, std::string>>({
      {R"(Table 'pos."x",y' doesn't exist)", R"(Table 'pos."x",y' doesn't exist)"},
      {"\"", "\""},
      {",,,,,\"\"\",", ",,,,,\"\"\","},
      {"line\nbreak\r\nhere", "line break  here"},
      {"2026-11-24,OK\n2026-11-24,OK,1,1,,\n", "2026-11-24,OK 2026-11-24,OK,1,1,, "},
      {std::string("a\0b", 3), "a b"},
      {"Peña «日本» €", "Peña «日本» €"},
      {"\xff\xfe broken UTF-8", "\xEF\xBF\xBD\xEF\xBF\xBD broken UTF-8"},
      {std::string(100'000, '"'), for_log(std::string(100'000, '"'))},
  }));
  auto entry = bad_day("2026-11-22", text);
  entry.local = entry.note = text;
  const test::TempDir dir;
  Bitacora(dir / "b.csv").append(entry);
  const auto content = read_file(dir / "b.csv");
  CHECK(std::count(content.begin(), content.end(), '\n') == 2);
  const auto entries = read_bitacora(dir / "b.csv");
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].error == expected);
  CHECK(entries[0].local == expected);
  CHECK(entries[0].note == shortened(expected, bitacora_note_bytes));
}

TEST_CASE("any text comes back as one line of valid UTF-8") {
  const auto seed = std::random_device()();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const test::TempDir dir;
  Bitacora bitacora(dir / "b.csv");
  for (int i = 0; i < 200; ++i) {
    std::string text(random() % 50, ' ');
    for (auto& c : text) c = "\",\n\r\t a\xc3\xb1;'="[random() % 13];
    bitacora.append(bad_day("2026-11-22", text));
    REQUIRE(read_bitacora(dir / "b.csv").back().error == one_line(text));
  }
}

TEST_CASE("a torn last line is cut off at opening and ignored by readers") {
  const test::TempDir dir;
  Bitacora(dir / "b.csv").append(good_day());
  const auto whole = read_file(dir / "b.csv");
  write_file(dir / "b.csv", whole + whole.substr(header.size(), 60));
  CHECK(read_bitacora(dir / "b.csv") == std::vector{good_day()});
  const Bitacora reopened(dir / "b.csv");
  CHECK(read_file(dir / "b.csv") == whole);
}

TEST_CASE("cut anywhere, a file yields its whole entries and takes new ones") {
  const test::TempDir dir;
  const auto bad = bad_day("2026-11-22", "a \"quoted\", long reason");
  Bitacora(dir / "b.csv").append(bad);
  const auto whole = read_file(dir / "b.csv");
  for (std::size_t size = 0; size + 1 < whole.size(); ++size) {
    write_file(dir / "b.csv", whole.substr(0, size));
    Bitacora(dir / "b.csv").append(good_day());
    REQUIRE(read_file(dir / "b.csv").starts_with(header));
    REQUIRE(read_bitacora(dir / "b.csv") == std::vector{good_day()});
  }
  CHECK_FALSE(fs::exists(dir / "b.1.csv"));
}

TEST_CASE("a last entry that an editor saved without its line feed is kept") {
  const test::TempDir dir;
  const std::vector entries{good_day(), bad_day("2026-11-22", "a \"quoted\", long reason")};
  for (const auto& entry : entries) Bitacora(dir / "b.csv").append(entry);
  const auto whole = read_file(dir / "b.csv");
  write_file(dir / "b.csv", whole.substr(0, whole.size() - 1));
  const Bitacora reopened(dir / "b.csv");
  CHECK(read_file(dir / "b.csv") == whole);
  CHECK(read_bitacora(dir / "b.csv") == entries);
}

TEST_CASE("the Python bot's file is put aside, still readable, and a new one begun") {
  const test::TempDir dir;
  const auto bot = bot_header +
                   "2026-11-20,OK,1,15321,,2026-11-21 02:00:07\r\n"
                   "2026-11-21,ERROR,3,0,\"(2003, \"\"Can't connect\"\")\",2026-11-22T02:00:07.1\n";
  write_file(dir / "b.csv", bot);
  Bitacora bitacora(dir / "b.csv");
  CHECK(read_file(dir / "b.1.csv") == bot);
  CHECK(read_file(dir / "b.csv") == header);
  const auto last = bitacora.last_entries(7);
  REQUIRE(last.size() == 2);
  const auto& good = last.at(parse_date("2026-11-20"));
  CHECK(good.estado == Estado::ok);
  CHECK(good.rows == 15'321);
  CHECK_FALSE(good.registered);
  const auto& bad = last.at(parse_date("2026-11-21"));
  CHECK(bad.estado == Estado::error);
  CHECK(bad.attempts == 3);
  CHECK(bad.error == "(2003, \"Can't connect\")");
}

TEST_CASE("a file from before there were notes is put aside and still known") {
  const test::TempDir dir;
  const auto before = header_without_note +
                      "2026-11-20,OK,1,20000,,2026-11-24T08:00:00Z,"
                      "7,1234.5000,98765.4321,-0.0100,0000000000abcdef,nuevo,sin cambios,630\n"
                      "2026-11-21,ERROR,3,,no route to host,2026-11-24T00:00:01Z,7,,,,,,,\n";
  write_file(dir / "b.csv", before);
  Bitacora bitacora(dir / "b.csv");
  CHECK(read_file(dir / "b.1.csv") == before);
  CHECK(read_file(dir / "b.csv") == header);
  bitacora.append(good_day());
  const auto last = bitacora.last_entries(7);
  REQUIRE(last.size() == 3);
  CHECK(last.at(parse_date("2026-11-20")) == good_day("2026-11-20"));
  CHECK(last.at(parse_date("2026-11-21")) == bad_day("2026-11-21", "no route to host"));
  CHECK(last.at(parse_date("2026-11-23")) == good_day());
}

TEST_CASE("more columns than ours, of a later version, do no harm") {
  const test::TempDir dir;
  write_file(dir / "b.csv",
             "2026-11-23,OK,1,20000,,2026-11-24T08:00:00Z,7,1234.5000,98765.4321,"
             "-0.0100,0000000000abcdef,nuevo,sin cambios,630,a note,\"+3.0000 u, -12.5000\","
             "later,\"and, later\"\n");
  auto expected = good_day();
  expected.note = "a note";
  expected.change = {Decimal::parse("3"), Decimal::parse("-12.5")};
  CHECK(read_bitacora(dir / "b.csv") == std::vector{expected});
}

TEST_CASE("damaged and foreign lines are skipped, the others read") {
  const test::TempDir dir;
  write_file(dir / "b.csv", header + "\n" +
                                "garbage\n"
                                "2026-11-31,OK,1,1,,2026-11-24T08:00:00Z\n"
                                "2026-11-20,MAYBE,1,1,,\n"
                                "2026-11-20,Retenido,1,1,,\n"
                                "2026-11-20,OK,x,1,,\n"
                                "2026-11-20,OK,1,-1,,\n"
                                "2026-11-20,OK,1,1,\"open,\n"
                                "2026-11-20,OK,1,1,,,,\n" +
                                std::string(10, '\0') + "\n" + bot_header +
                                "2026-11-20,OK,1,1,,2026-11-24T08:00:00Z,x,,,,,,,\n"
                                "2026-11-20,OK,1,1,,2026-11-24Txx:00:00Z\n"
                                "2026-11-19,OK,1,1,,2026-11-24T08:00:00Z\n");
  const auto entries = read_bitacora(dir / "b.csv");
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].date == parse_date("2026-11-19"));
  CHECK(entries[0].registered == good_day().registered);
  CHECK(read_bitacora(dir / "missing.csv").empty());
}

TEST_CASE("after a restart the last outcome of each day is known, also just after a rotation") {
  const test::TempDir dir;
  BitacoraOptions options;
  options.rotation_bytes = 300;
  Bitacora bitacora(dir / "b.csv", options);
  bitacora.append(bad_day("2026-11-23", "down"));
  bitacora.append(good_day("2026-11-23"));
  bitacora.append(bad_day("2026-11-24", "down"));
  REQUIRE(fs::exists(dir / "b.1.csv"));
  const auto last = bitacora.last_entries(7);
  REQUIRE(last.size() == 2);
  CHECK(last.at(parse_date("2026-11-23")) == good_day("2026-11-23"));
  CHECK(last.at(parse_date("2026-11-24")).error == "down");
}

TEST_CASE("two branches in one file do not mistake each other's days for their own") {
  const test::TempDir dir;
  Bitacora bitacora(dir / "b.csv");
  bitacora.append(good_day());
  auto other = bad_day("2026-11-23", "down");
  other.branch = 8;
  bitacora.append(other);
  CHECK(bitacora.last_entries(7).at(parse_date("2026-11-23")).estado == Estado::ok);
  CHECK(bitacora.last_entries(8).at(parse_date("2026-11-23")).estado == Estado::error);
  CHECK(bitacora.last_entries(9).empty());
}

void append_days(const fs::path& path, std::int32_t branch, int count) {
  Bitacora bitacora(path, {.rotation_bytes = 6'000, .keep_files = 100});
  auto entry = bad_day("2026-11-22", "a \"quoted\", long reason");
  entry.branch = branch;
  for (int i = 0; i < count; ++i, entry.date += std::chrono::days(1)) bitacora.append(entry);
}

TEST_CASE("daemon and once write at the same time and every entry is whole") {
  const test::TempDir dir;
  {
    test::Child once([&] {
      append_days(dir / "b.csv", 1, 200);
      return 0;
    });
    append_days(dir / "b.csv", 2, 200);
    CHECK(once.wait() == 0);
  }
  std::map<std::int32_t, int> entries;
  unsigned files = 0;
  for (auto path = dir / "b.csv"; fs::exists(path);
       path = LineFile::rotated(dir / "b.csv", files)) {
    const auto content = read_file(path);
    CHECK(content.starts_with(header));
    const auto read = read_bitacora(path);
    CHECK(std::count(content.begin(), content.end(), '\n') == std::ssize(read) + 1);
    for (const auto& entry : read) ++entries[entry.branch.value()];
    ++files;
  }
  CHECK(files > 3);
  CHECK(entries == std::map<std::int32_t, int>{{1, 200}, {2, 200}});
}

TEST_CASE("on a full disk an entry is an error and leaves the file as it was") {
  const test::TempDir dir;
  test::Child child([&] {
    Bitacora bitacora(dir / "b.csv");
    bitacora.append(good_day());
    const auto before = read_file(dir / "b.csv");
    test::limit_file_size(before.size() + 50);
    try {
      bitacora.append(good_day("2026-11-24"));
      return 1;
    } catch (const Error& error) {
      if (!error.retryable()) return 2;
    }
    return read_file(dir / "b.csv") == before ? 0 : 3;
  });
  CHECK(child.wait() == 0);
  CHECK(read_bitacora(dir / "b.csv") == std::vector{good_day()});
}

}  // namespace
}  // namespace consolidador
