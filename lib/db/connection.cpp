// SPDX-License-Identifier: MIT
#include "lib/db/connection.hpp"

#include <errmsg.h>
#include <fmt/format.h>
#include <mysql.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "lib/db/handshake.hpp"
#include "lib/db/interrupter.hpp"
#include "lib/db/statement.hpp"

namespace consolidador {
namespace {

// Plugins by which the password itself never leaves this process, so that a false server learns
// nothing from asking.
constexpr const char* proofs = "mysql_native_password,client_ed25519,parsec";
// caching_sha2_password sends it: over TLS as it is, else encrypted with whatever key the server
// names. So that is for servers whose certificate has been verified.
constexpr const char* proofs_and_password =
    "mysql_native_password,client_ed25519,parsec,caching_sha2_password";

// Of the longest silence: there is more than one round trip, and a busy machine does them slowly.
constexpr int handshake_limit = 3;

bool is_mariadb(MYSQL* handle) {
  return std::string_view(mysql_get_server_info(handle)).find("MariaDB") != std::string_view::npos;
}

void set_seconds(MYSQL* handle, mysql_option option, std::chrono::seconds value) {
  const auto seconds = static_cast<unsigned>(value.count());
  mysql_options(handle, option, &seconds);
}

/// Every MariaDB server from 10.2 on does, and MaxScale before one; MySQL and ProxySQL do not.
bool takes_arrays(MYSQL* handle) {
  unsigned long capabilities = 0;
  mariadb_get_infov(handle, MARIADB_CONNECTION_EXTENDED_SERVER_CAPABILITIES, &capabilities);
  return (capabilities & (MARIADB_CLIENT_STMT_BULK_OPERATIONS >> 32)) != 0;
}

/// The folder that every program with OpenSSL trusts.
const char* system_authorities() {
  const char* named = std::getenv(X509_get_default_cert_dir_env());
  return named ? named : X509_get_default_cert_dir();
}

void check_fingerprint(const ConnectOptions& options) {
  constexpr std::size_t sha1_digits = 40;
  constexpr unsigned long first_with_sha256 = 30'400;
  if (options.tls.fingerprint.size() <= sha1_digits) return;
  if (mysql_get_client_version() >= first_with_sha256) return;
  throw Error(ErrorClass::permanent, ErrorCause::configuration,
              fmt::format("{}: this machine's client library knows no SHA-256 fingerprints; write "
                          "the SHA-1 in tls.fingerprint, or name the certificate's file in tls.ca",
                          options.endpoint()));
}

/// The statement's first words, for messages: never a value, values are bound.
std::string_view summary(std::string_view sql) {
  return sql.substr(0, sql.find('\n')).substr(0, 60);
}

}  // namespace

std::string ConnectOptions::endpoint() const {
  return socket.empty() ? fmt::format("{} ({}:{})", name, host, port)
                        : fmt::format("{} ({})", name, socket.string());
}

ConnectOptions ConnectOptions::with_patience(std::chrono::seconds statement) const {
  constexpr std::chrono::seconds for_the_way{10};
  ConnectOptions patient = *this;
  if (statement <= statement_timeout) return patient;
  patient.statement_timeout = statement;
  patient.read_timeout = std::max(read_timeout, statement + for_the_way);
  return patient;
}

std::vector<ConnectOptions> ConnectOptions::at_each_host() const {
  std::vector<ConnectOptions> hosts{*this};
  for (const auto& other : other_hosts) {
    hosts.push_back(*this);
    hosts.back().host = other.name;
    hosts.back().port = other.port;
  }
  for (auto& options : hosts) options.other_hosts.clear();
  return hosts;
}

void Connection::Close::operator()(st_mysql* handle) const noexcept {
  mysql_close(handle);
}

Connection::Connection(const ConnectOptions& options)
    : endpoint_(options.endpoint()), handle_(mysql_init(nullptr)) {
  if (!handle_) throw std::bad_alloc();
  set_options(options);
  set_tls(options);
  const bool tcp = options.socket.empty();
  ERR_clear_error();  // a stale OpenSSL error of this thread would fail a healthy handshake
  const Handshake handshake(handle_.get(), handshake_limit * options.connect_timeout);
  if (!mysql_real_connect(handle_.get(), tcp ? options.host.c_str() : nullptr, options.user.c_str(),
                          options.password.reveal().c_str(), options.database.c_str(),
                          tcp ? options.port : 0, tcp ? nullptr : options.socket.c_str(), 0))
    fail("connect", DbPhase::connect);
  const Interrupter::Attachment attachment(socket());
  require_encryption(options);
  if (options.kind == SessionKind::writer) require_arrays();
  set_session(options);
  learn_limits();
  for (const auto& sql : options.statements) statement(sql);
  for (const auto& sql : options.newer_statements) prepare_newer(sql);
}

Connection::~Connection() = default;

int Connection::socket() const noexcept {
  return static_cast<int>(mysql_get_socket(handle_.get()));
}

void Connection::set_options(const ConnectOptions& options) {
  MYSQL* handle = handle_.get();
  set_seconds(handle, MYSQL_OPT_CONNECT_TIMEOUT, options.connect_timeout);
  set_seconds(handle, MYSQL_OPT_READ_TIMEOUT, options.read_timeout);
  set_seconds(handle, MYSQL_OPT_WRITE_TIMEOUT, options.write_timeout);
  const std::size_t longest = longest_row;
  mysql_options(handle, MYSQL_OPT_MAX_ALLOWED_PACKET, &longest);
  mysql_options(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  const my_bool no = 0;
  mysql_options(handle, MYSQL_OPT_RECONNECT, &no);
  const unsigned no_local_infile = 0;
  mysql_options(handle, MYSQL_OPT_LOCAL_INFILE, &no_local_infile);
  if (!options.socket.empty()) return;
  if (options.compression) mysql_options(handle, MYSQL_OPT_COMPRESS, nullptr);
  const unsigned tcp = MYSQL_PROTOCOL_TCP;  // else `localhost` would mean the socket
  mysql_options(handle, MYSQL_OPT_PROTOCOL, &tcp);
  mysql_options(handle, MARIADB_OPT_RESTRICTED_AUTH,
                options.tls.required ? proofs_and_password : proofs);
}

void Connection::set_tls(const ConnectOptions& options) {
  const TlsOptions& tls = options.tls;
  const my_bool required = tls.required && options.socket.empty() ? 1 : 0;
  const my_bool by_authority = required && (tls.fingerprint.empty() || !tls.ca.empty()) ? 1 : 0;
  // Without this or a fingerprint the library falls back to plaintext silently; ENFORCE does not
  // prevent it.
  mysql_options(handle_.get(), MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &by_authority);
  if (!required) return;
  mysql_options(handle_.get(), MYSQL_OPT_SSL_ENFORCE, &required);
  mysql_options(handle_.get(), MARIADB_OPT_TLS_VERSION,
                tls.min_version == "1.3" ? "TLSv1.3" : "TLSv1.2,TLSv1.3");
  const auto set_text = [&](mysql_option option, const std::string& text) {
    if (!text.empty()) mysql_options(handle_.get(), option, text.c_str());
  };
  set_text(MYSQL_OPT_SSL_CA, tls.ca);
  // With no authority named, version 3.4 would take a self-signed certificate on trust and the
  // password's word afterwards.
  if (tls.ca.empty() && by_authority) set_text(MYSQL_OPT_SSL_CAPATH, system_authorities());
  set_text(MYSQL_OPT_SSL_CERT, tls.cert);
  set_text(MYSQL_OPT_SSL_KEY, tls.key);
  check_fingerprint(options);
  set_text(MARIADB_OPT_TLS_PEER_FP, tls.fingerprint);
}

void Connection::require_encryption(const ConnectOptions& options) {
  if (!options.tls.required || !options.socket.empty()) return;
  if (mysql_get_ssl_cipher(handle_.get())) return;
  fail(CR_SSL_CONNECTION_ERROR, "HY000", "the server offers no TLS", "connect", DbPhase::connect);
}

void Connection::require_arrays() {
  if (takes_arrays(handle_.get())) return;
  throw Error(ErrorClass::permanent, ErrorCause::configuration,
              fmt::format("{}: the server cannot take many rows at once (bulk execution): {}; a "
                          "target needs MariaDB 10.6 or later, directly or behind MaxScale",
                          endpoint_, mysql_get_server_info(handle_.get())));
}

void Connection::set_session(const ConnectOptions& options) {
  const bool writer = options.kind == SessionKind::writer;
  std::string set =
      "SET SESSION sql_mode = "
      "'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',"
      " collation_connection = utf8mb4_bin,"
      " lock_wait_timeout = 30, innodb_lock_wait_timeout = 20";
  if (!options.own_time_zone) set += ", time_zone = '+00:00'";
  if (is_mariadb(handle_.get()))
    set += fmt::format(", max_statement_time = {}", options.statement_timeout.count());
  for (const auto& [name, value] : options.variables)
    set += fmt::format(", @{} = '{}'", name, value);
  execute(set, DbPhase::connect);
  execute(writer ? "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"
                 : "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
          DbPhase::connect);
}

void Connection::learn_limits() {
  constexpr std::string_view sql = "SELECT @@max_allowed_packet";
  if (mysql_real_query(handle_.get(), sql.data(), sql.size()) != 0) fail(sql, DbPhase::connect);
  const std::unique_ptr<MYSQL_RES, void (*)(MYSQL_RES*)> result(mysql_use_result(handle_.get()),
                                                                mysql_free_result);
  const MYSQL_ROW row = result ? mysql_fetch_row(result.get()) : nullptr;
  if (!row || !row[0]) fail(sql, DbPhase::connect);
  const std::string_view text(row[0]);
  std::from_chars(text.data(), text.data() + text.size(), max_packet_);
}

void Connection::prepare_newer(std::string_view sql) try {
  statement(sql);
} catch (const DbError& error) {
  if (!error.column_missing()) throw;
}

void Connection::execute(std::string_view sql, DbPhase phase) {
  if (mysql_real_query(handle_.get(), sql.data(), sql.size()) != 0) fail(summary(sql), phase);
}

Statement& Connection::statement(std::string_view sql) {
  auto found = statements_.find(sql);
  if (found == statements_.end())
    found = statements_.emplace(sql, std::make_unique<Statement>(*this, sql)).first;
  return *found->second;
}

bool Connection::ping() noexcept {
  ERR_clear_error();
  if (!broken_ && mysql_ping(handle_.get()) != 0) broken_ = true;
  return !broken_;
}

void Connection::fail(std::string_view operation, DbPhase phase) {
  fail(mysql_errno(handle_.get()), mysql_sqlstate(handle_.get()), mysql_error(handle_.get()),
       operation, phase);
}

void Connection::fail(unsigned db_errno, std::string_view sqlstate, std::string_view text,
                      std::string_view operation, DbPhase phase) {
  ERR_clear_error();  // what a failure leaves there would fail other connections of the thread
  if (breaks_connection(db_errno)) mark_broken();
  if (is_for_another_host(db_errno)) unfit_ = true;
  throw DbError(
      {db_errno, std::string(sqlstate), std::string(operation), endpoint_, std::string(text)},
      phase);
}

}  // namespace consolidador
