// SPDX-License-Identifier: MIT
#include "lib/report/bitacora.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <sstream>
#include <string_view>
#include <utility>

#include "lib/core/error.hpp"
#include "lib/core/folder.hpp"
#include "lib/core/outlet.hpp"
#include "lib/core/text.hpp"
#include "lib/report/csv.hpp"

namespace consolidador {
namespace {

// Lines end in LF, as LineFile writes them: a text tool of Linux sees no stray CR, and spreadsheets
// and Python's csv module read both.
constexpr std::string_view header =
    "fecha,estado,intentos,filas,error,fecha_registro,"
    "sucursal,unidades,venta,costo,huella,local,vps,duracion_ms,nota,cambio";
constexpr std::size_t bot_columns = 6;
constexpr std::size_t columns_without_note = 14;  // as files written before there were notes
constexpr std::size_t columns_without_change = 15;
constexpr std::size_t all_columns = 16;
constexpr std::string_view between_amounts = " u, ";  // of `cambio`: units and sales
constexpr std::array<std::pair<Estado, std::string_view>, 4> estados{{
    {Estado::ok, "OK"},
    {Estado::pending, "PENDIENTE"},
    {Estado::held, "RETENIDO"},
    {Estado::error, "ERROR"},
}};

template <typename Number>
std::string number_text(const std::optional<Number>& number) {
  return number ? fmt::format("{}", *number) : std::string();
}

std::string amount_text(const std::optional<Decimal>& amount) {
  return amount ? amount->to_string() : std::string();
}

std::string note_text(const std::string& note) {
  return for_csv(shortened(one_line(note), bitacora_note_bytes));
}

std::string signed_text(Decimal amount) {
  return (amount < Decimal() ? "" : "+") + amount.to_string();
}

std::string change_text(const std::optional<BitacoraChange>& change) {
  if (!change) return {};
  return signed_text(change->units) + std::string(between_amounts) + signed_text(change->sales);
}

std::string format_entry(const BitacoraEntry& entry) {
  const auto registered = entry.registered.value_or(
      std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
  const std::array<std::string, all_columns> fields{
      to_string(entry.date),
      std::string(to_string(entry.estado)),
      fmt::format("{}", entry.attempts),
      number_text(entry.rows),
      for_csv(entry.error),
      to_utc_string(registered),
      number_text(entry.branch),
      amount_text(entry.units),
      amount_text(entry.sales),
      amount_text(entry.cost),
      entry.huella ? fmt::format("{:016x}", *entry.huella) : "",
      for_csv(entry.local),
      for_csv(entry.vps),
      entry.duration ? fmt::format("{}", entry.duration->count()) : "",
      note_text(entry.note),
      change_text(entry.change),
  };
  return format_csv_record(fields);
}

/// Nothing for an empty field; throws DataError for any other that is not wholly a number.
template <typename Number>
std::optional<Number> parse_number(std::string_view text, int base = 10) {
  if (text.empty()) return std::nullopt;
  Number number{};
  const auto end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, base);
  if (error != std::errc{} || stop != end)
    throw DataError(fmt::format("'{}' is not a number", text));
  return number;
}

std::optional<Decimal> parse_amount(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return Decimal::parse(text);
}

std::optional<BitacoraChange> parse_change(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const auto end = text.find(between_amounts);
  if (end == text.npos) throw DataError(fmt::format("'{}' is no cambio", text));
  return BitacoraChange{Decimal::parse(text.substr(0, end)),
                        Decimal::parse(text.substr(end + between_amounts.size()))};
}

Estado parse_estado(std::string_view text) {
  for (const auto& [estado, word] : estados)
    if (word == text) return estado;
  throw DataError(fmt::format("'{}' is no estado", text));
}

/// `YYYY-MM-DDTHH:MM:SSZ`; nothing for any other form.
std::optional<std::chrono::sys_seconds> parse_registered(std::string_view text) {
  if (text.size() != 20 || text[10] != 'T' || text[13] != ':' || text[16] != ':' || text[19] != 'Z')
    return std::nullopt;
  const auto part = [&](std::size_t at) { return parse_number<unsigned>(text.substr(at, 2)); };
  return parse_date(text.substr(0, 10)) + std::chrono::hours(*part(11)) +
         std::chrono::minutes(*part(14)) + std::chrono::seconds(*part(17));
}

void parse_own_columns(BitacoraEntry& entry, const std::vector<std::string>& fields) {
  entry.branch = parse_number<std::int32_t>(fields[6]);
  entry.units = parse_amount(fields[7]);
  entry.sales = parse_amount(fields[8]);
  entry.cost = parse_amount(fields[9]);
  entry.huella = parse_number<std::uint64_t>(fields[10], 16);
  entry.local = from_csv(fields[11]);
  entry.vps = from_csv(fields[12]);
  const auto duration = parse_number<std::int64_t>(fields[13]);
  if (duration) entry.duration = std::chrono::milliseconds(*duration);
  if (fields.size() >= columns_without_change) entry.note = from_csv(fields[14]);
  if (fields.size() >= all_columns) entry.change = parse_change(fields[15]);
}

/// Nothing when the line is no entry: the header, a damaged or a foreign line. More columns than
/// ours, of a later version, do no harm.
std::optional<BitacoraEntry> parse_entry(std::string_view line) try {
  const auto fields = parse_csv_record(line);
  if (!fields || (fields->size() != bot_columns && fields->size() < columns_without_note))
    return std::nullopt;
  BitacoraEntry entry;
  entry.date = parse_date((*fields)[0]);
  entry.estado = parse_estado((*fields)[1]);
  entry.attempts = parse_number<unsigned>((*fields)[2]).value_or(0);
  entry.rows = parse_number<std::uint64_t>((*fields)[3]);
  entry.error = from_csv((*fields)[4]);
  entry.registered = parse_registered((*fields)[5]);
  if (fields->size() >= columns_without_note) parse_own_columns(entry, *fields);
  return entry;
} catch (const DataError&) {
  return std::nullopt;
}

bool has_all_columns(std::string_view line) {
  const auto fields = parse_csv_record(line);
  return fields && fields->size() == all_columns && (line == header || parse_entry(line));
}

LineFileOptions file_options(const BitacoraOptions& options) {
  LineFileOptions file;
  file.rotation_bytes = options.rotation_bytes;
  file.keep_files = options.keep_files;
  file.header = header;
  file.durable = true;
  file.is_whole = has_all_columns;
  return file;
}

}  // namespace

std::string_view to_string(Estado estado) noexcept {
  for (const auto& [each, word] : estados)
    if (each == estado) return word;
  return "?";
}

Bitacora::Bitacora(std::filesystem::path path, const BitacoraOptions& options)
    : path_(std::move(path)), file_(path_, file_options(options)) {}

void Bitacora::append(const BitacoraEntry& entry) {
  file_.append(format_entry(entry));
}

std::map<Date, BitacoraEntry> Bitacora::last_entries(std::int32_t branch) const {
  std::map<Date, BitacoraEntry> last;
  for (const auto& path : {LineFile::rotated(path_, 1), path_})
    for (auto& entry : read_bitacora(path))
      if (entry.branch.value_or(branch) == branch) last.insert_or_assign(entry.date, entry);
  return last;
}

std::vector<BitacoraEntry> read_bitacora(const std::filesystem::path& path) {
  std::vector<BitacoraEntry> entries;
  std::istringstream file(
      or_nothing([&] { return Folder(folder_of(path)).read(path.filename().string()); }));
  std::string line;
  // At the end of the file without a line feed, getline() sets eof: the line is torn.
  while (std::getline(file, line) && !file.eof()) {
    if (line.ends_with('\r')) line.pop_back();
    if (auto entry = parse_entry(line)) entries.push_back(std::move(*entry));
  }
  return entries;
}

}  // namespace consolidador
