// SPDX-License-Identifier: MIT
#include "daemon/ctl/reason_text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace consolidador::ctl {
namespace {

using Word = std::pair<std::string_view, std::string_view>;

constexpr std::string_view evidence = "hallado antes de reparar";  // sp_anotar_historial

constexpr std::array words{Word{"", "first proven"},     Word{"hallado", "found altered"},
                           Word{"pos", "POS changed"},   Word{"danado", "damage repaired"},
                           Word{"aprobado", "approved"}, Word{"reproceso", "reprocess"},
                           Word{"copiado", "copied"},    Word{"reclasificado", "reclassified"},
                           Word{"migrado", "migrated"},  Word{"recortado", "trimmed"}};

}  // namespace

std::string reason_text(std::string_view reason, std::string_view note) {
  if (reason == "danado" && note == evidence) return "damage found";
  const auto known = std::ranges::find(words, reason, &Word::first);
  return std::string(known == words.end() ? reason : known->second);
}

}  // namespace consolidador::ctl
