// SPDX-License-Identifier: MIT
#include "lib/sync/change_note.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "lib/core/error.hpp"

namespace consolidador {
namespace {

constexpr std::array<std::pair<ChangeReason, std::string_view>, 8> words{{
    {ChangeReason::pos, "pos"},
    {ChangeReason::danado, "danado"},
    {ChangeReason::aprobado, "aprobado"},
    {ChangeReason::reproceso, "reproceso"},
    {ChangeReason::copiado, "copiado"},
    {ChangeReason::reclasificado, "reclasificado"},
    {ChangeReason::migrado, "migrado"},
    {ChangeReason::recortado, "recortado"},
}};

}  // namespace

std::string_view to_string(ChangeReason reason) {
  return std::ranges::find(words, reason, &decltype(words)::value_type::first)->second;
}

ChangeReason parse_change_reason(std::string_view word) {
  const auto found = std::ranges::find(words, word, &decltype(words)::value_type::second);
  if (found != words.end()) return found->first;
  throw Error(ErrorClass::permanent, ErrorCause::schema,
              fmt::format("HistorialDias has a reason that this program does not know, {}: it is "
                          "older than the database",
                          word));
}

}  // namespace consolidador
