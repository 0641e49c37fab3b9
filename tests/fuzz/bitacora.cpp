// SPDX-License-Identifier: MIT
// Any file is read; what was understood of it is understood again once written. And any fields are
// one CSV record that gives them back.
#include "lib/report/bitacora.hpp"

#include "lib/core/text.hpp"
#include "lib/report/csv.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace consolidador;

namespace {

void try_record(std::string_view text) {
  std::vector<std::string> fields;
  do fields.emplace_back(fuzz::take_until(text, '\0'));
  while (!text.empty());
  fuzz::promise(parse_csv_record(format_csv_record(fields)) == fields);
}

/// As written.
BitacoraEntry on_one_line(BitacoraEntry entry) {
  for (auto* text : {&entry.error, &entry.local, &entry.vps, &entry.note}) {
    *text = one_line(*text);
    fuzz::promise(fuzz::is_one_line(*text));
  }
  entry.note.resize(shortened(entry.note, bitacora_note_bytes).size());
  return entry;
}

void try_file(std::string_view text) {
  static const fuzz::ScratchFile given("given.csv");
  static const fuzz::ScratchFile written("written.csv");
  static Bitacora bitacora(written.path);
  given.write(text);
  auto entries = read_bitacora(given.path);
  for (auto& entry : entries) {
    if (!entry.registered) entry.registered = std::chrono::sys_seconds{};
    bitacora.append(entry);
    entry = on_one_line(entry);
  }
  fuzz::promise(read_bitacora(written.path) == entries);
  std::filesystem::resize_file(written.path, 0);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  try_record(text);
  try_file(text);
  return 0;
}
