// SPDX-License-Identifier: MIT
#include "lib/report/csv.hpp"

namespace consolidador {
namespace {

void append_field(std::string& record, std::string_view field) {
  if (field.find_first_of(",;\"\r\n") == std::string_view::npos) {
    record += field;
    return;
  }
  record += '"';
  for (const char c : field) record.append(c == '"' ? 2 : 1, c);
  record += '"';
}

/// Takes a quoted field, both quotes included, from the front of `rest`.
std::optional<std::string> take_quoted(std::string_view& rest) {
  std::string field;
  for (std::size_t i = 1; i < rest.size(); ++i) {
    const bool quote = rest[i] == '"';
    if (quote && (i + 1 == rest.size() || rest[i + 1] != '"')) {
      rest.remove_prefix(i + 1);
      return field;
    }
    field += rest[i];
    if (quote) ++i;
  }
  return std::nullopt;
}

std::optional<std::string> take_plain(std::string_view& rest) {
  const auto field = rest.substr(0, rest.find(','));
  if (field.find('"') != std::string_view::npos) return std::nullopt;
  rest.remove_prefix(field.size());
  return std::string(field);
}

}  // namespace

std::string format_csv_record(std::span<const std::string> fields) {
  std::string record;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) record += ',';
    append_field(record, fields[i]);
  }
  return record;
}

std::optional<std::vector<std::string>> parse_csv_record(std::string_view line) {
  std::vector<std::string> fields;
  for (;;) {
    auto field = line.starts_with('"') ? take_quoted(line) : take_plain(line);
    if (!field) return std::nullopt;
    fields.push_back(std::move(*field));
    if (line.empty()) return fields;
    if (line[0] != ',') return std::nullopt;
    line.remove_prefix(1);
  }
}

}  // namespace consolidador
