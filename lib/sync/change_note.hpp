// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>

namespace consolidador {

/// Why a proven day has another content than before; HistorialDias.Motivo has the same words.
enum class ChangeReason {
  pos,            ///< the POS has something newer
  danado,         ///< the target was not what had been proven
  aprobado,       ///< a person has let a loss pass
  reproceso,      ///< a person has asked for the day to be written whole
  copiado,        ///< brought from the other target
  reclasificado,  ///< the same, and some rows follow the POS's suppliers now
  migrado,        ///< taken over from the Python bot's table
  recortado,      ///< its changes were older than head office keeps: sp_recortar_historial
};

std::string_view to_string(ChangeReason reason);
/// Throws Error (permanent, schema) for a word of a newer schema.
ChangeReason parse_change_reason(std::string_view word);

/// What the history says of a change beside its content.
struct ChangeNote {
  ChangeReason reason = ChangeReason::pos;
  std::string actor;     ///< the login of who has asked for it; empty: nobody has
  std::string note;      ///< in that person's words
  bool damaged = false;  ///< what is there now is not what was proven: evidence
};

}  // namespace consolidador
