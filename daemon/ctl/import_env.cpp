// SPDX-License-Identifier: MIT
#include "daemon/ctl/import_env.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <filesystem>

#include "daemon/ctl/output.hpp"
#include "lib/config/loader.hpp"
#include "lib/config/python_bot.hpp"
#include "lib/config/small_file.hpp"
#include "lib/core/error.hpp"
#include "lib/core/file.hpp"

namespace consolidador::ctl {
namespace {

constexpr std::size_t size_limit = 65'536;
constexpr mode_t for_owner = 0600;

std::string read(const std::filesystem::path& file) {
  return config::read_text_file(file, size_limit);
}

void write_new(const std::filesystem::path& path, std::string_view text, mode_t mode) {
  const File file(path, O_WRONLY | O_CREAT | O_EXCL, mode);
  file.write(text);
  file.sync();
}

void refuse_existing(const std::filesystem::path& file) {
  if (std::filesystem::exists(file))
    throw ConfigError(fmt::format("{}: is there already; move it away", file.string()));
}

void refuse_absent(const std::filesystem::path& folder) {
  if (!std::filesystem::is_directory(folder))
    throw ConfigError(fmt::format(
        "--into: {0} is no folder; make it (sudo mkdir -p {0}), or name another", folder.string()));
}

BotFiles files_of(const std::filesystem::path& bot, const std::string& branch) {
  const auto settings = bot / "config/settings.py";
  return {read(bot / ".env"), std::filesystem::exists(settings) ? read(settings) : "", branch};
}

}  // namespace

int run_import_env(const CommandLine& line, const Screen& screen) {
  const auto folder = std::filesystem::absolute(line.into);
  refuse_absent(folder);
  const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  const auto bot = import_bot(files_of(line.arguments.at(0), line.branch), folder, today);
  const auto file = folder / (bot.branch + ".yaml");
  refuse_existing(file);
  for (const auto& [name, password] : bot.passwords)
    refuse_existing(password_path(folder, bot.branch, name));
  for (const auto& [name, password] : bot.passwords) {
    const auto path = password_path(folder, bot.branch, name);
    write_new(path, password.reveal() + '\n', for_owner);
    screen.out << "wrote " << path.string() << '\n';
  }
  write_new(file, bot.yaml, for_everybody);
  screen.out << "wrote " << file.string() << '\n';
  load_config(file, [](const std::string&) { return std::optional<std::string>(); });
  screen.out << fmt::format(
      "next: chown consolidador: {0}/{1}.*.password\n"
      "      consolidadord --config {2} check --connect\n",
      folder.string(), bot.branch, file.string());
  return static_cast<int>(ExitCode::ok);
}

}  // namespace consolidador::ctl
