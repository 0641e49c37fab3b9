// SPDX-License-Identifier: MIT
#include "lib/db/db_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "lib/core/text.hpp"
#include "lib/db/tls_failure.hpp"

namespace consolidador {
namespace {

using enum ErrorClass;
using enum ErrorCause;

// Galera's answer to COMMIT when the node loses its cluster in that moment.
constexpr unsigned error_during_commit = 1180;
constexpr unsigned deadlock = 1213;

struct Entry {
  unsigned number;
  DbErrorMeaning meaning;
};

constexpr std::string_view check_rights =
    "give the account its rights again (docs/database.md lists them)";
constexpr std::string_view run_scripts =
    "run the scripts of sql/operativa (POS), sql/agregada (local) or sql/vps/instalar.sql (VPS) "
    "again";
constexpr std::string_view look_at_row = "correct the row at its source";
constexpr std::string_view free_space = "make room on the server's disk";
constexpr std::string_view other_login =
    "let the account log in with ed25519, mysql_native_password or caching_sha2_password";
constexpr std::string_view other_plugin =
    "install the client library's plugins (package libmariadb3), or let the account log in with "
    "mysql_native_password";
constexpr std::string_view refused_login =
    "let the account log in with ed25519 or mysql_native_password; caching_sha2_password only over "
    "`socket:` or TLS, for it gives the password to whoever has the server's port";
constexpr std::string_view check_server = "check that the server runs, its address and the network";
constexpr std::string_view check_way =
    "check that the server runs, its address, the network, and the unit's IPAddressAllow=";

// Sorted by number. Codes 2000 to 2999 and 5000 to 5999 come from the client library.
constexpr std::array entries = std::to_array<Entry>({
    {1020, {transient, server, ""}},  // record changed since the snapshot
    {1021, {transient, server, free_space}},
    {1026, {transient, server, free_space}},  // error writing a file
    {1030, {transient, server, "see the server's error log; errno 28 is a full disk"}},
    {1036, {transient, server, "the server is read-only; check which node is the writer"}},
    {1040, {transient, server, "the server has no connection left; raise max_connections"}},
    {1044, {permanent, rights, check_rights}},
    {1045,
     {permanent, rights,
      "check user and password, from which host the account may come, and whether it demands TLS "
      "or a client certificate"}},
    {1046, {permanent, schema, "name the database in the configuration"}},
    {1047,
     {transient, server,
      "the node has lost its cluster's majority or does not yet belong to it; look at "
      "wsrep_cluster_status"}},
    {1048, {permanent, data, look_at_row}},
    {1049, {permanent, schema, "check databases.*.database, or create the database"}},
    {1053, {transient, link, ""}},
    {1054, {permanent, schema, run_scripts}},
    {1062, {permanent, data, look_at_row}},
    {1064,
     {permanent, schema,
      "the server does not understand the statement; it needs MariaDB 10.6 or later"}},
    {1114, {transient, server, free_space}},
    {1129, {transient, server, "the server blocks this host; run FLUSH HOSTS there"}},
    {1130, {permanent, rights, "the account may not come from this host"}},
    {1136, {permanent, schema, run_scripts}},
    {1142, {permanent, rights, check_rights}},
    {1143, {permanent, rights, check_rights}},
    {1146, {permanent, schema, run_scripts}},
    {1153, {permanent, server, "lower upsert.batch_size or raise max_allowed_packet"}},
    {1158, {transient, link, ""}},
    {1159, {transient, link, ""}},
    {1160, {transient, link, ""}},
    {1161, {transient, link, ""}},
    {1180,
     {transient, server,
      "the server could not commit: its disk, or a node that has lost its cluster; see its error "
      "log"}},
    {1203, {transient, server, "the account has no connection left; raise max_user_connections"}},
    {1205, {transient, server, "another client holds the rows"}},
    {1213, {transient, server, ""}},  // deadlock: the server has rolled back
    {1226, {transient, server, "the account has used up its hourly resources"}},
    {1227, {permanent, rights, check_rights}},
    {1264, {permanent, data, look_at_row}},
    {1265, {permanent, data, look_at_row}},
    {1290, {transient, server, "the server is read-only; check which node is the writer"}},
    {1292, {permanent, data, look_at_row}},
    {1305, {permanent, schema, run_scripts}},
    {1317, {transient, server, ""}},  // KILL QUERY
    {1318, {permanent, schema, run_scripts}},
    {1356, {permanent, schema, run_scripts}},
    {1364, {permanent, data, look_at_row}},
    {1366, {permanent, data, look_at_row}},
    {1369,
     {permanent, rights, "the account may only write its own branch; check branch.id and user"}},
    {1370, {permanent, rights, check_rights}},
    {1406, {permanent, data, look_at_row}},
    {1412, {transient, server, ""}},  // table definition changed
    {1452, {permanent, data, look_at_row}},
    {1526, {permanent, schema, "run CALL sp_asegurar_particiones(2)"}},
    {1615, {transient, server, ""}},  // statement must be prepared again
    {1644, {permanent, data, look_at_row}},
    {1698, {permanent, rights, "check user and password, and how the account identifies itself"}},
    {1792, {transient, server, "the transaction is read-only"}},
    {1820, {permanent, rights, "the account's password has expired; set a new one"}},
    {1836, {transient, server, "the server is read-only; check which node is the writer"}},
    {1862, {permanent, rights, "the account's password has expired; set a new one"}},
    {1927, {transient, link, ""}},
    {1969, {transient, server, "the statement took longer than timeouts.statement"}},
    {2002, {transient, link, check_way}},
    {2003, {transient, link, check_way}},
    {2004, {transient, link, check_server}},
    {2005, {transient, link, "check the host name and the name server"}},
    {2006, {transient, link, check_server}},
    {2012, {transient, link, check_server}},
    {2013, {transient, link, check_server}},
    {2020, {permanent, server, "lower upsert.batch_size or raise max_allowed_packet"}},
    {2026, {transient, link, "check the TLS settings of both sides"}},
    {2027, {transient, link, check_server}},
    {2055, {transient, link, check_server}},
    {2057, {transient, server, ""}},  // table definition changed: prepare again
    {2059, {permanent, configuration, other_plugin}},
    {2061, {permanent, configuration, other_login}},
    {3159, {permanent, configuration, "the server demands TLS; set tls.required: true"}},
    {4025, {permanent, data, look_at_row}},
    {4151, {permanent, rights, "the account is locked"}},
    {5010, {permanent, configuration, refused_login}},
    {5013, {transient, link, check_server}},
    {5014, {transient, link, check_server}},
    {5015, {transient, link, check_server}},
});

static_assert(std::ranges::is_sorted(entries, {}, &Entry::number));

const Entry* find(unsigned db_errno) {
  const auto entry = std::ranges::lower_bound(entries, db_errno, {}, &Entry::number);
  return entry != entries.end() && entry->number == db_errno ? entry : nullptr;
}

/// The client library lacks what the account identifies itself with. It says so as a lost
/// connection, or inside of TLS as an error of TLS, and only its text tells.
bool lacks_plugin(const DbErrorDetails& d, DbPhase phase) {
  return phase == DbPhase::connect && d.text.find("lugin") != std::string::npos &&
         d.text.find("be loaded") != std::string::npos;
}

/// Null unless a bad certificate, name or version stands behind it, which do not pass by themselves
/// as a broken TLS stream does.
const TlsFailure* tls_failure(const DbErrorDetails& d, DbPhase phase) {
  if (phase != DbPhase::connect || d.db_errno != 2026 || lacks_plugin(d, phase)) return nullptr;
  return tls_failure_of(d.text);
}

DbErrorMeaning meaning_of(const DbErrorDetails& d, DbPhase phase) {
  if (lacks_plugin(d, phase)) return {permanent, configuration, other_plugin};
  const auto* tls = tls_failure(d, phase);
  return tls ? DbErrorMeaning{permanent, configuration, tls->remedy}
             : meaning_of(d.db_errno, phase);
}

std::string describe(const DbErrorDetails& d, DbPhase phase) {
  const auto* tls = tls_failure(d, phase);
  const auto text = tls ? fmt::format("{}: {}", tls->cause, d.text) : d.text;
  const auto remedy = meaning_of(d, phase).remedy;
  return fmt::format("{}: {}: {} ({}/{}){}{}", d.endpoint, d.operation, one_line(text), d.db_errno,
                     d.sqlstate, remedy.empty() ? "" : "; ", remedy);
}

}  // namespace

DbErrorMeaning meaning_of(unsigned db_errno, DbPhase phase) noexcept {
  const Entry* entry = find(db_errno);
  auto meaning =
      entry ? entry->meaning : DbErrorMeaning{permanent, server, "see the server's error log"};
  if (phase == DbPhase::commit && (breaks_connection(db_errno) || db_errno == error_during_commit))
    meaning.error_class = in_doubt;
  return meaning;
}

bool breaks_connection(unsigned db_errno) noexcept {
  const Entry* entry = find(db_errno);
  return (entry && entry->meaning.cause == link) || (db_errno >= 2000 && db_errno < 3000);
}

bool takes_host_down(unsigned db_errno) noexcept {
  constexpr std::array numbers{1047U, error_during_commit, 1290U, 1836U};
  return std::ranges::find(numbers, db_errno) != numbers.end();
}

bool is_full(unsigned db_errno) noexcept {
  constexpr std::array numbers{1021U, 1026U, 1030U, 1040U, 1114U, 1203U, 1226U};
  return std::ranges::find(numbers, db_errno) != numbers.end();
}

bool is_for_another_host(unsigned db_errno) noexcept {
  return takes_host_down(db_errno) || db_errno == deadlock;
}

DbError::DbError(DbErrorDetails details, DbPhase phase)
    : Error(meaning_of(details, phase).error_class, meaning_of(details, phase).cause,
            describe(details, phase), details.db_errno),
      details_(std::move(details)) {}

}  // namespace consolidador
