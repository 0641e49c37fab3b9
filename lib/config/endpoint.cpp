// SPDX-License-Identifier: MIT
#include "lib/config/endpoint.hpp"

#include <fmt/format.h>

#include <cctype>
#include <filesystem>

#include "lib/config/address.hpp"
#include "lib/config/overrides.hpp"
#include "lib/config/readers.hpp"
#include "lib/config/secrets.hpp"
#include "lib/config/small_file.hpp"

namespace consolidador::config {
namespace {

const std::string& variable_of(const Section& section, std::string_view key) {
  return find_override(fmt::format("{}.{}", section.path(), key))->variable;
}

std::filesystem::path read_readable_file(const Value& value) try {
  auto path = read_absolute_path(value);
  check_readable(path);
  return path;
} catch (const FileProblem& problem) {
  value.fail(fmt::format("{}: {}", excerpt(value.text()), problem.what()));
}

/// Bare hexadecimal digits in capitals, whatever openssl or a browser put between them.
std::string read_fingerprint(const Value& value) {
  std::string digits;
  for (const char c : read_text(value)) {
    if (c == ':') continue;
    if (!std::isxdigit(static_cast<unsigned char>(c))) digits.clear();
    digits += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  constexpr std::size_t sha1 = 40;
  constexpr std::size_t sha256 = 64;
  if (digits.size() != sha1 && digits.size() != sha256)
    value.fail(
        fmt::format("{} is not a fingerprint; write the {} or {} hexadecimal digits that "
                    "`openssl x509 -noout -fingerprint` shows",
                    excerpt(value.text()), sha1, sha256));
  return digits;
}

std::string read_tls_version(const Value& value) {
  auto version = read_text(value);
  if (version != "1.2" && version != "1.3")
    value.fail(fmt::format("{} is no version to be had; use 1.2 or 1.3", excerpt(version)));
  return version;
}

/// Whoever names what to verify means it: nothing of that may stand where nothing is verified.
void refuse_what_has_no_effect(const Section& tls) {
  for (const auto* key : {"ca", "cert", "key", "fingerprint", "min_version"})
    if (tls.find(key))
      tls.fail(key, "has no effect beside required: false; delete the one or the other");
}

TlsOptions read_tls(const Section& section, bool required_by_default) {
  TlsOptions tls;
  tls.required = required_by_default || section.given();
  section.read("required", tls.required, read_boolean);
  if (!tls.required) refuse_what_has_no_effect(section);
  section.read("fingerprint", tls.fingerprint, read_fingerprint);
  section.read("min_version", tls.min_version, read_tls_version);
  section.read("ca", tls.ca, read_readable_file);
  section.read("cert", tls.cert, read_readable_file);
  section.read("key", tls.key, read_readable_file);
  if (tls.key.empty() && !tls.cert.empty())
    section.fail("cert", "stands without key; add key with the file of its private key");
  if (tls.cert.empty() && !tls.key.empty())
    section.fail("key", "stands without cert; add cert with the file of its certificate");
  return tls;
}

void check_password(const Section& section, const std::string& name, const Endpoint& endpoint) {
  if (!endpoint.password.empty() || !endpoint.socket.empty()) return;
  section.fail(
      "password_file",
      fmt::format("no password was found; name a 0600 file with password_file, or pass the "
                  "systemd credential {}.password, or set the environment variable {}",
                  name, variable_of(section, "password")));
}

}  // namespace

Endpoint read_endpoint(const Section& databases, const std::string& name) {
  return databases.read_section(name, [&](const Section& section) {
    Endpoint endpoint;
    read_address(section, endpoint);
    endpoint.user = read_text(section.require("user"));
    endpoint.database = read_text(section.require("database"));
    section.read("compression", endpoint.compression, read_boolean);
    endpoint.tls = section.read_section(
        "tls", [&](const Section& tls) { return read_tls(tls, !endpoint.is_loopback()); });
    endpoint.password = find_password(section, name);
    check_password(section, name, endpoint);
    return endpoint;
  });
}

}  // namespace consolidador::config
