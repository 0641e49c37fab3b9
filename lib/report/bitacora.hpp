// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/core/date.hpp"
#include "lib/core/decimal.hpp"
#include "lib/core/line_file.hpp"

namespace consolidador {

enum class Estado {
  ok,       ///< OK
  pending,  ///< PENDIENTE: a configured target has not got it yet
  held,     ///< RETENIDO: a person has to approve what the POS has lost
  error,    ///< ERROR
};

/// As the column `estado` has it.
std::string_view to_string(Estado estado) noexcept;

/// A longer note is cut after a whole letter: a line stays one that people read.
constexpr std::size_t bitacora_note_bytes = 500;

/// A difference in money.
struct BitacoraChange {
  Decimal units;
  Decimal sales;

  friend bool operator==(const BitacoraChange&, const BitacoraChange&) = default;
};

/// The outcome of one processed day: one line of the bitacora. What is not known is empty there.
struct BitacoraEntry {
  Date date{};                        ///< fecha: the day of the sales
  Estado estado = Estado::error;      ///< estado
  unsigned attempts = 0;              ///< intentos
  std::optional<std::uint64_t> rows;  ///< filas: aggregated rows of the day
  std::string error;                  ///< why it is held or in ERROR; never a password
  /// fecha_registro, in whole seconds UTC; empty when read from the Python bot, whose times name no
  /// zone; append() takes the present then.
  std::optional<std::chrono::sys_seconds> registered;
  std::optional<std::int32_t> branch;   ///< sucursal
  std::optional<Decimal> units;         ///< unidades
  std::optional<Decimal> sales;         ///< venta
  std::optional<Decimal> cost;          ///< costo
  std::optional<std::uint64_t> huella;  ///< 16 hexadecimal digits
  std::string local;                    ///< what happened there: `sin cambios`, `nuevo`, ...
  std::string vps;
  std::optional<std::chrono::milliseconds> duration;  ///< duracion_ms
  std::string note;  ///< nota: who approved what, and why; what a reprocess reclassified
  /// cambio: by how much a day that had been proven differs since; `+3.0000 u, -12.5000`
  std::optional<BitacoraChange> change{};

  friend bool operator==(const BitacoraEntry&, const BitacoraEntry&) = default;
};

struct BitacoraOptions {
  std::uintmax_t rotation_bytes = 10'000'000;
  unsigned keep_files = 12;  ///< rotated files: bitacora_extraccion.1.csv is the newest
};

/// bitacora_extraccion.csv: the six columns of the Python bot, then our own. Each entry is one
/// physical line (texts are made for_csv()) and is on the disk when append() returns. Used by one
/// thread at a time; LineFile says why others may append to the same path.
class Bitacora {
 public:
  /// Opens or creates the file; one with another header, the Python bot's or one without `nota` or
  /// `cambio`, is rotated away.
  /// Throws Error (transient, internal) that names the file and the remedy, as append() does.
  explicit Bitacora(std::filesystem::path path, const BitacoraOptions& options = {});

  /// When it throws, the file holds nothing of the entry.
  void append(const BitacoraEntry& entry);

  /// The last entry of each day of `branch`, from the current and the newest rotated file: what a
  /// restarted daemon has to know to write only news. The Python bot's entries name no branch and
  /// count for any.
  std::map<Date, BitacoraEntry> last_entries(std::int32_t branch) const;

 private:
  std::filesystem::path path_;
  LineFile file_;
};

/// All entries of one file, oldest first. Lines that are damaged, foreign or torn are skipped, also
/// records of the Python bot that span several lines. A missing file is an empty one.
std::vector<BitacoraEntry> read_bitacora(const std::filesystem::path& path);

}  // namespace consolidador
