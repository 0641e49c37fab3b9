// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>

namespace consolidador::ctl {

/// Why a day has another content than before, for people: HistorialDias.Motivo, a newer one as it
/// stands. Of a damage the note tells what somebody has done to the rows from what repaired them.
std::string reason_text(std::string_view reason, std::string_view note);

}  // namespace consolidador::ctl
