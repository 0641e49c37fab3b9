// SPDX-License-Identifier: MIT
#pragma once
#include <string>

namespace consolidador::ctl {

/// Replaces the file at once: whoever reads it sees the old text or the new one, never half. Throws
/// std::system_error; the old file then stays.
void replace_file(const std::string& path, const std::string& text);

}  // namespace consolidador::ctl
