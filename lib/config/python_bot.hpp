// SPDX-License-Identifier: MIT
#pragma once
#include <filesystem>
#include <map>
#include <string>

#include "lib/core/date.hpp"
#include "lib/core/secret.hpp"

namespace consolidador {

/// The Python bot's configuration, as ours.
struct ImportedBot {
  std::string yaml;
  std::string branch;                       ///< the id, as the YAML has it
  std::map<std::string, Secret> passwords;  ///< operational, local, vps: those that it has
};

struct BotFiles {
  std::string env;       ///< the text of `.env`
  std::string settings;  ///< of `config/settings.py`; may be empty
  std::string branch;    ///< when neither of them names ID_SUCURSAL
};

/// Translates it; the YAML looks for each password in `folder`, in a file that password_path()
/// names. A setting that has the bot's default is left out. Throws ConfigError for what it cannot
/// read, with the file's line, and never with a value.
ImportedBot import_bot(const BotFiles& files, const std::filesystem::path& folder, Date today);

std::filesystem::path password_path(const std::filesystem::path& folder, const std::string& branch,
                                    const std::string& database);

}  // namespace consolidador
