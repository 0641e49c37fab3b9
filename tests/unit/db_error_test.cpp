// SPDX-License-Identifier: MIT
#include "lib/db/db_error.hpp"

#include "tests/support/catch.hpp"

namespace consolidador {
namespace {

using enum ErrorClass;
using enum ErrorCause;
using test::contains;

struct Expected {
  unsigned number;
  ErrorClass error_class;
  ErrorCause cause;
};

/// The table of FACTS.md section 8, as met while a transaction writes.
const auto while_writing = {
    // the link
    Expected{2002, transient, link},
    {2003, transient, link},
    {2005, transient, link},
    {2006, transient, link},
    {2013, transient, link},
    {2026, transient, link},
    {2027, transient, link},
    {2055, transient, link},
    {5013, transient, link},
    {5014, transient, link},
    {1053, transient, link},
    {1927, transient, link},
    // the server, for now
    {1040, transient, server},
    {1226, transient, server},
    {1203, transient, server},
    {1213, transient, server},
    {1205, transient, server},
    {1317, transient, server},
    {1969, transient, server},
    {1290, transient, server},
    {1036, transient, server},
    {1792, transient, server},
    {1836, transient, server},
    {1047, transient, server},
    {1114, transient, server},
    {1021, transient, server},
    {1026, transient, server},
    {1030, transient, server},
    {1020, transient, server},
    {1412, transient, server},
    {1615, transient, server},
    // a person has to act
    {1045, permanent, rights},
    {1044, permanent, rights},
    {1142, permanent, rights},
    {1143, permanent, rights},
    {1370, permanent, rights},
    {1227, permanent, rights},
    {1698, permanent, rights},
    {4151, permanent, rights},
    {1820, permanent, rights},
    {1369, permanent, rights},
    {1049, permanent, schema},
    {1146, permanent, schema},
    {1054, permanent, schema},
    {1064, permanent, schema},
    {1136, permanent, schema},
    {1305, permanent, schema},
    {1318, permanent, schema},
    {1526, permanent, schema},
    {1153, permanent, server},
    {2020, permanent, server},
    {3159, permanent, configuration},
    {2059, permanent, configuration},
    {2061, permanent, configuration},
    {5010, permanent, configuration},
    // the day's content
    {1406, permanent, data},
    {1264, permanent, data},
    {1366, permanent, data},
    {1292, permanent, data},
    {1265, permanent, data},
    {1048, permanent, data},
    {1364, permanent, data},
    {1062, permanent, data},
    {1452, permanent, data},
    {4025, permanent, data},
    {1644, permanent, data},
};

TEST_CASE("each error number has its class and its cause") {
  const Expected expected =
      GENERATE(from_range(std::begin(while_writing), std::end(while_writing)));
  CAPTURE(expected.number);
  for (const auto phase : {DbPhase::read, DbPhase::write}) {
    const auto meaning = meaning_of(expected.number, phase);
    CHECK(meaning.error_class == expected.error_class);
    CHECK(meaning.cause == expected.cause);
  }
}

TEST_CASE(
    "what ends the connection while it commits leaves the outcome in doubt; nothing else does") {
  const Expected expected =
      GENERATE(from_range(std::begin(while_writing), std::end(while_writing)));
  CAPTURE(expected.number);
  const auto meaning = meaning_of(expected.number, DbPhase::commit);
  const bool lost = breaks_connection(expected.number);
  CHECK((meaning.error_class == in_doubt) == lost);
  if (!lost) CHECK(meaning.error_class == expected.error_class);
  CHECK(meaning.cause == expected.cause);
}

TEST_CASE("a connection is lost with its link or with the library's idea of the protocol") {
  for (const auto number : {2006u, 2013u, 2026u, 2027u, 2014u, 2055u, 1053u, 1927u, 1158u, 1159u,
                            1160u, 1161u, 5013u, 5014u, 2000u, 2008u})
    CHECK(breaks_connection(number));
  for (const auto number :
       {0u, 1205u, 1213u, 1317u, 1969u, 1062u, 1146u, 1045u, 1153u, 3159u, 4025u})
    CHECK_FALSE(breaks_connection(number));
}

TEST_CASE("a connection that cannot be opened has written nothing, so nothing is in doubt") {
  for (const auto number : {2002u, 2003u, 2005u, 2006u, 2013u, 1040u, 1226u, 1203u, 1129u})
    CHECK(meaning_of(number, DbPhase::connect).error_class == transient);
}

DbError tls_error(const std::string& text, DbPhase phase = DbPhase::connect) {
  return {{2026, "HY000", "connect", "vps (db:3306)", "TLS/SSL error: " + text}, phase};
}

TEST_CASE("a bad certificate or version is the configuration, and is told by its cause") {
  const std::pair<const char*, const char*> causes[] = {
      {"SSL is required, but the server does not support it", "offers no TLS"},
      {"certificate has expired", "has expired"},
      {"certificate is not yet valid", "is not yet valid"},
      {"Certificate not yet valid or expired", "is not yet valid or has expired"},
      {"self-signed certificate", "is self-signed"},
      {"self-signed certificate in certificate chain", "authority that is not trusted"},
      {"unable to get local issuer certificate", "authority that is not trusted"},
      {"Peer certificate is not trusted", "authority that is not trusted"},
      {"Validation of SSL server certificate failed", "another name or address"},
      {"Hostname verification failed", "another name or address"},
      {"Fingerprint verification of server certificate failed", "tls.fingerprint"},
      {"Fingerprint validation of peer certificate failed", "tls.fingerprint"},
      {"Certificate revoked", "revoked"},
      {"tlsv1 alert protocol version", "older than tls.min_version"},
      {"unsupported protocol", "older than tls.min_version"},
      {"tlsv13 alert certificate required", "demands a client certificate"},
      {"sslv3 alert handshake failure", "demands a client certificate, or no cipher"},
      {"tlsv1 alert unknown ca", "does not accept our client certificate"},
      {"sslv3 alert certificate expired", "does not accept our client certificate"},
      {"key values mismatch", "files named in tls"},
      {"unsupported certificate purpose", "is not acceptable"},
  };
  for (const auto& [text, cause] : causes) {
    INFO(text);
    const auto error = tls_error(text);
    CHECK(error.error_class() == permanent);
    CHECK(error.cause() == configuration);
    CHECK_THAT(error.what(), contains("connect: ") && contains(cause) && contains(text));
    CHECK_THAT(error.what(), contains("(2026/HY000); "));
  }
}

TEST_CASE("a plugin that is missing here is no matter of the files of TLS, nor of the link") {
  constexpr const char* text =
      "Plugin client_ed25519 could not be loaded: /none/client_ed25519.so: cannot open shared "
      "object file: No such file or directory";
  for (const unsigned number : {2013u, 2026u, 2059u}) {
    CAPTURE(number);
    const DbError error({number, "HY000", "connect", "vps (db:3306)", text}, DbPhase::connect);
    CHECK(error.error_class() == permanent);
    CHECK(error.cause() == configuration);
    CHECK_THAT(error.what(), contains("client_ed25519") && contains("install the client library"));
    CHECK_THAT(error.what(), !contains("tls"));
  }
  CHECK(DbError({2013, "HY000", "SELECT", "vps", text}, DbPhase::read).error_class() == transient);
}

TEST_CASE("TLS that fails for another reason, or on an open connection, is the link") {
  for (const auto* text : {"unexpected eof while reading", "Connection timed out (110)"}) {
    CHECK(tls_error(text).error_class() == transient);
    CHECK(tls_error(text).cause() == link);
  }
  CHECK(tls_error("certificate has expired", DbPhase::write).error_class() == transient);
  CHECK(meaning_of(2026, DbPhase::write).error_class == transient);
  CHECK(meaning_of(2026, DbPhase::commit).error_class == in_doubt);
}

TEST_CASE("a node that is cut off while it commits leaves the outcome in doubt") {
  CHECK(meaning_of(1180, DbPhase::commit).error_class == in_doubt);
  CHECK(meaning_of(1180, DbPhase::write).error_class == transient);
  CHECK(meaning_of(1047, DbPhase::commit).error_class == transient);
}

TEST_CASE("what a node of a cluster cannot is for another host, what none can is not") {
  for (const auto number : {1047u, 1180u, 1213u, 1290u, 1836u}) CHECK(is_for_another_host(number));
  for (const auto number : {0u, 1045u, 1146u, 1205u, 1062u, 2013u})
    CHECK_FALSE(is_for_another_host(number));
}

TEST_CASE("a node that can write nothing is down, one where write-sets collide is not") {
  for (const auto number : {1047u, 1180u, 1290u, 1836u}) CHECK(takes_host_down(number));
  CHECK_FALSE(takes_host_down(1213));
}

TEST_CASE("an unknown number is permanent, unless it was the answer to COMMIT that got lost") {
  for (const auto number : {0u, 1u, 999u, 1999u, 3000u, 4999u, 60'000u})
    for (const auto phase : {DbPhase::connect, DbPhase::read, DbPhase::write, DbPhase::commit}) {
      CHECK(meaning_of(number, phase).error_class == permanent);
      CHECK(meaning_of(number, phase).cause == server);
    }
  CHECK(meaning_of(2051, DbPhase::write).error_class == permanent);
  CHECK(meaning_of(2051, DbPhase::commit).error_class == in_doubt);
}

TEST_CASE("whoever has to act is told what to do") {
  for (const auto& entry : while_writing)
    if (entry.error_class == permanent)
      CHECK_FALSE(meaning_of(entry.number, DbPhase::write).remedy.empty());
}

TEST_CASE("an error says where, at what, why, with which number, and the remedy, on one line") {
  const DbError error(
      {1146, "42S02", "CALL sp_x(?)", "vps (vps.example:3306)", "Table 'central.t' doesn't exist"},
      DbPhase::read);
  CHECK(
      std::string(error.what()) ==
      "vps (vps.example:3306): CALL sp_x(?): Table 'central.t' doesn't exist (1146/42S02); run the "
      "scripts of sql/operativa (POS), sql/agregada (local) or sql/vps/instalar.sql (VPS) again");
  CHECK(error.db_errno() == 1146);
  CHECK(error.sqlstate() == "42S02");
  CHECK(error.operation() == "CALL sp_x(?)");
  CHECK(error.endpoint() == "vps (vps.example:3306)");
}

TEST_CASE("a server's words of several lines become one line") {
  const DbError error({1064, "42000", "SELEC 1", "local (/run/s)", "near 'a\nb\r\nc'"},
                      DbPhase::read);
  CHECK(std::string(error.what()).find('\n') == std::string::npos);
  CHECK(std::string(error.what()).find('\r') == std::string::npos);
}

}  // namespace
}  // namespace consolidador
