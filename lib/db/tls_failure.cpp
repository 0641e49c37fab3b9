// SPDX-License-Identifier: MIT
#include "lib/db/tls_failure.hpp"

#include <algorithm>
#include <array>

namespace consolidador {
namespace {

struct Entry {
  std::string_view words;  // of the library's text
  TlsFailure failure;
};

constexpr TlsFailure no_tls{
    "the server offers no TLS",
    "set ssl_cert and ssl_key in the server; if it has them, somebody on the way strips TLS"};
constexpr TlsFailure wrong_date{"the server's certificate is not yet valid or has expired",
                                "renew it, and check the clocks of both machines"};
constexpr TlsFailure expired{"the server's certificate has expired",
                             "renew it, and check this machine's clock"};
constexpr TlsFailure not_yet_valid{"the server's certificate is not yet valid",
                                   "check the clocks of both machines"};
constexpr TlsFailure revoked{"the server's certificate has been revoked", "renew it"};
constexpr TlsFailure foreign{
    "an authority that is not trusted here signed the server's certificate",
    "name that authority's file in tls.ca if it is ours"};
constexpr TlsFailure self_signed{"the server's certificate is self-signed",
                                 "have our authority sign it; or name its file in tls.ca"};
constexpr TlsFailure wrong_name{
    "the server's certificate is for another name or address",
    "write in `host` the name that stands in it, or have this one added as subjectAltName"};
constexpr TlsFailure wrong_fingerprint{
    "the server's certificate does not have tls.fingerprint",
    "if it was renewed, write the new one's fingerprint; otherwise another server answers"};
constexpr TlsFailure old_version{"the server's TLS version is older than tls.min_version",
                                 "set tls_version in the server to TLSv1.2,TLSv1.3"};
constexpr TlsFailure needs_certificate{"the server demands a client certificate",
                                       "name it in tls.cert and its key in tls.key"};
constexpr TlsFailure no_agreement{
    "the server demands a client certificate, or no cipher is common to both",
    "name the certificate in tls.cert and its key in tls.key; else check ssl_cipher in the server"};
constexpr TlsFailure our_certificate{"the server does not accept our client certificate",
                                     "have the authority that the server trusts sign tls.cert"};
constexpr TlsFailure our_files{"the files named in tls cannot be used",
                               "tls.ca, tls.cert and tls.key must be PEM, and key be cert's"};
constexpr TlsFailure refused{"the server's certificate is not acceptable",
                             "have our authority make a new one"};

// The first whose words occur.
constexpr std::array entries = std::to_array<Entry>({
    {"does not support it", no_tls},
    {"offers no TLS", no_tls},
    {"not yet valid or expired", wrong_date},
    {"has expired", expired},
    {"not yet valid", not_yet_valid},
    {"revoked", revoked},
    {"in certificate chain", foreign},
    {"self-signed certificate", self_signed},
    {"self signed certificate", self_signed},
    {"issuer certificate", foreign},
    {"verify the first certificate", foreign},
    {"not trusted", foreign},
    {"ingerprint", wrong_fingerprint},
    {"Validation of SSL server certificate failed", wrong_name},
    {"ostname", wrong_name},
    {"protocol version", old_version},
    {"unsupported protocol", old_version},
    {"alert certificate required", needs_certificate},
    {"alert handshake failure", no_agreement},
    {"alert unknown ca", our_certificate},
    {"alert bad certificate", our_certificate},
    {"alert certificate", our_certificate},
    {"key values mismatch", our_files},
    {"no start line", our_files},
    {"no certificate or crl found", our_files},
    {"No such file", our_files},
    {"certificate", refused},
});

}  // namespace

const TlsFailure* tls_failure_of(std::string_view text) noexcept {
  const auto entry = std::ranges::find_if(entries, [&](const Entry& candidate) {
    return text.find(candidate.words) != std::string_view::npos;
  });
  return entry == entries.end() ? nullptr : &entry->failure;
}

}  // namespace consolidador
