# SPDX-License-Identifier: MIT
"""TLS to the VPS: whoever cannot be verified is refused before any credential is sent, and why."""
import contextlib
import socket
import ssl
import struct
import subprocess
import threading

import pytest
from cryptography.hazmat.primitives import hashes

from support import oracle, schema
from support.daemon import BRANCH, CONFIGURATION, OK
from support.pos import WEEK, sell
from support.relay import Relay, StripTls
from support.tls import Authority, Impostor

V = ssl.TLSVersion
HERE = "127.0.0.1"
# Version 3.4 of the client library does not check the name of 127.0.0.1 and ::1.
THERE = "127.0.0.2"


@pytest.fixture(scope="module")
def ca(servers):
    return Authority(servers.folder, "autoridad")


@pytest.fixture(scope="module")
def foreign_ca(servers):
    return Authority(servers.folder, "ajena")


@pytest.fixture(scope="module")
def vps_identity(ca):
    return ca.issue("vps", [HERE])


@pytest.fixture
def secured(week, ca, vps_identity):
    """The three places; the VPS offers TLS."""
    week.vps.options = (f"--ssl-cert={vps_identity.cert_file}",
                        f"--ssl-key={vps_identity.key_file}", f"--ssl-ca={ca.cert_file}")
    week.vps.restart()
    yield week
    week.vps.options = ()
    week.vps.restart()


def point(consolidador, port, host=HERE, **tls):
    """The daemon takes what listens there for the VPS."""
    consolidador.settings["databases"]["vps"] |= {
        "host": host, "port": port, "tls": {name: str(value) for name, value in tls.items()}}


def error_of(consolidador):
    return consolidador.once_for(WEEK[0]).day(WEEK[0])["error"]


# What listens there, how the daemon is configured, and what it must say: the cause and the remedy.
BAD_PEERS = {
    "no TLS": lambda ca, foreign: (
        Impostor(), {"ca": ca.cert_file},
        ("the server offers no TLS", "ssl_cert")),
    "another name": lambda ca, foreign: (
        Impostor(ca.issue("otro.example", ["otro.example"])),
        {"ca": ca.cert_file, "host": "localhost"},
        ("for another name", "subjectAltName")),
    "an address that the certificate does not have": lambda ca, foreign: (
        Impostor(ca.issue("vps.example", ["vps.example", HERE]), address=THERE),
        {"ca": ca.cert_file, "host": THERE},
        ("for another name or address", "subjectAltName")),
    "an address, and a certificate without any subjectAltName": lambda ca, foreign: (
        Impostor(ca.issue("sin.nombres"), address=THERE), {"ca": ca.cert_file, "host": THERE},
        ("for another name or address", "subjectAltName")),
    "expired": lambda ca, foreign: (
        Impostor(ca.issue("viejo", [HERE], days=(-9, -1))), {"ca": ca.cert_file},
        ("has expired", "renew it")),
    "not yet valid": lambda ca, foreign: (
        Impostor(ca.issue("futuro", [HERE], days=(1, 9))), {"ca": ca.cert_file},
        ("is not yet valid", "clocks")),
    "a foreign authority": lambda ca, foreign: (
        Impostor(foreign.issue("ajeno", [HERE])), {"ca": ca.cert_file},
        ("an authority that is not trusted", "tls.ca")),
    "an authority unknown to the system": lambda ca, foreign: (
        Impostor(ca.issue("privado", [HERE])), {"required": True},
        ("an authority that is not trusted", "tls.ca")),
    "self-signed": lambda ca, foreign: (
        Impostor(ca.issue("propio", [HERE], self_signed=True)), {"ca": ca.cert_file},
        ("is self-signed", "have our authority sign it")),
    "self-signed without a CA of ours": lambda ca, foreign: (
        Impostor(ca.issue("propio2", [HERE], self_signed=True)), {"required": True},
        ("is self-signed", "have our authority sign it")),
    "TLS 1.1": lambda ca, foreign: (
        Impostor(ca.issue("lento", [HERE]), (V.TLSv1, V.TLSv1_1)), {"ca": ca.cert_file},
        ("TLS version is older", "tls_version")),
    "TLS 1.2 where 1.3 is wanted": lambda ca, foreign: (
        Impostor(ca.issue("medio", [HERE]), (V.TLSv1_2, V.TLSv1_2)),
        {"ca": ca.cert_file, "min_version": "1.3"},
        ("TLS version is older", "tls_version")),
    "another fingerprint": lambda ca, foreign: (
        Impostor(ca.issue("huella", [HERE])), {"ca": ca.cert_file, "fingerprint": ca.fingerprint()},
        ("does not have tls.fingerprint", "renewed")),
    "another fingerprint and no CA": lambda ca, foreign: (
        Impostor(ca.issue("huella2", [HERE])), {"fingerprint": ca.fingerprint()},
        ("does not have tls.fingerprint", "renewed")),
    "no TLS where a fingerprint is wanted": lambda ca, foreign: (
        Impostor(), {"fingerprint": ca.fingerprint()},
        ("the server offers no TLS", "ssl_cert")),
    "a client certificate is demanded": lambda ca, foreign: (
        Impostor(ca.issue("exigente", [HERE]), (V.TLSv1_2, V.TLSv1_2), client_ca=ca),
        {"ca": ca.cert_file},
        ("demands a client certificate", "tls.cert")),
    "a client certificate is demanded, by TLS 1.3": lambda ca, foreign: (
        Impostor(ca.issue("exigente3", [HERE]), client_ca=ca), {"ca": ca.cert_file},
        ("demands a client certificate", "tls.cert")),
    "our client certificate is a foreigner's": lambda ca, foreign: (
        Impostor(ca.issue("exigente2", [HERE]), (V.TLSv1_2, V.TLSv1_2), client_ca=ca),
        {"ca": ca.cert_file, "cert": foreign.cert_file, "key": foreign.key_file},
        ("does not accept our client certificate", "tls.cert")),
}


@pytest.mark.parametrize("peer", BAD_PEERS)
def test_a_bad_peer_is_refused_with_cause_and_remedy_and_gets_no_credential(
        peer, places, consolidador, ca, foreign_ca):
    impostor, tls, words = BAD_PEERS[peer](ca, foreign_ca)
    with impostor:
        point(consolidador, impostor.port, **tls)
        error = error_of(consolidador)
    assert all(word in error for word in words), error
    # The request for TLS is capabilities, packet size and character set, then zeros; no name.
    assert len(impostor.plain) <= 36 and not any(impostor.plain[13:32]), impostor.plain
    assert impostor.inside == b""


def test_what_is_wrong_with_our_own_files_is_said(places, consolidador, ca, vps_identity):
    rubbish = consolidador.folder / "basura.pem"
    rubbish.write_text("no es un certificado\n")
    another_key = {"cert": ca.cert_file, "key": vps_identity.key_file}
    for tls in ({"ca": rubbish}, {"ca": ca.cert_file} | another_key):
        with Impostor(vps_identity) as impostor:
            point(consolidador, impostor.port, **tls)
            assert "the files named in tls cannot be used" in error_of(consolidador)


def test_a_sha256_fingerprint_is_compared_or_refused_but_never_ignored(
        places, consolidador, ca, vps_identity):
    with Impostor(vps_identity) as impostor:
        point(consolidador, impostor.port, fingerprint=ca.fingerprint(hashes.SHA256))
        error = error_of(consolidador)
    assert "knows no SHA-256" in error or "does not have tls.fingerprint" in error
    assert impostor.inside == b""


def test_a_relay_that_strips_tls_from_the_greeting_learns_nothing(secured, consolidador, ca):
    with Relay(secured.vps.port) as relay:
        with relay.fault(StripTls()) as strip:
            point(consolidador, relay.port, ca=ca.cert_file)
            assert "the server offers no TLS" in error_of(consolidador)
            assert relay.attempts and strip.sent == b""
            point(consolidador, relay.port, required=False)  # now it can be seen to listen
            consolidador.once_for(WEEK[0]).expect(OK)
            assert schema.daemon_account(secured.vps)[0].encode() in strip.sent


@pytest.mark.parametrize("tls", ["ca", "fingerprint", "both", "1.3"])
def test_a_good_server_is_believed(tls, secured, consolidador, ca, vps_identity):
    by_authority = {"ca": ca.cert_file}
    by_fingerprint = {"fingerprint": vps_identity.fingerprint()}
    point(consolidador, secured.vps.port, **{
        "ca": by_authority, "fingerprint": by_fingerprint, "both": by_authority | by_fingerprint,
        "1.3": by_authority | {"min_version": "1.3"}}[tls])
    with secured.vps.recording() as entries:
        consolidador.once_for(WEEK[0], WEEK[-1]).expect(OK)
    assert any("SSL/TLS" in entry.text for entry in entries if entry.command == "Connect")
    oracle.assert_agree(secured, BRANCH, WEEK)


def test_without_a_ca_the_systems_authorities_are_trusted(secured, consolidador, ca):
    trusted = consolidador.folder / "certs"
    trusted.mkdir()
    name = subprocess.run(["openssl", "x509", "-noout", "-subject_hash", "-in", ca.cert_file],
                          capture_output=True, text=True, check=True).stdout.strip()
    (trusted / f"{name}.0").symlink_to(ca.cert_file)
    point(consolidador, secured.vps.port, required=True)
    assert "an authority that is not trusted" in error_of(consolidador)
    consolidador.once_for(WEEK[0], environment={"SSL_CERT_DIR": str(trusted)}).expect(OK)


def test_an_account_that_demands_a_client_certificate_gets_it(secured, consolidador, ca):
    user = schema.daemon_account(secured.vps)[0]
    secured.vps.query(f"ALTER USER '{user}'@'%' REQUIRE ISSUER '/CN=autoridad'")
    point(consolidador, secured.vps.port, ca=ca.cert_file)
    assert "whether it demands TLS or a client certificate" in error_of(consolidador)
    client = ca.issue("sucursal")
    point(consolidador, secured.vps.port, ca=ca.cert_file, cert=client.cert_file,
          key=client.key_file)
    consolidador.once_for(WEEK[0], WEEK[-1]).expect(OK)
    oracle.assert_agree(secured, BRANCH, WEEK)


def test_the_daemon_waits_out_a_man_in_the_middle(secured, service, ca):
    days = service.days(3)
    with contextlib.ExitStack() as stack:
        relay = stack.enter_context(Relay(secured.vps.port))
        point(service.consolidador, relay.port, ca=ca.cert_file)
        sell(secured.pos, days[-1], upc="antes", amount="1.00")
        service.start(window={"reprocess_days": 2})
        service.wait_synced(days)
        with relay.fault(StripTls()) as strip:
            relay.cut()
            sell(secured.pos, days[-1], upc="después", amount="2.00")
            service.wait_log("vps.*the server offers no TLS")
            service.wait_synced(days, [secured.local])
            assert strip.sent == b""
        service.wait_synced(days)
        service.close()


def test_check_tells_until_when_the_certificate_is_valid(secured, consolidador, ca):
    point(consolidador, secured.vps.port, ca=ca.cert_file)
    (line,) = (line for line in consolidador.check("--connect").expect(OK).stdout.splitlines()
               if line.startswith("vps") and " tls " in line)
    assert "TLSv1.3" in line and "certificate until" in line and "renew" in line  # within 30 days


@pytest.mark.parametrize("key, value", [
    ("ca", "{ca}"), ("fingerprint", "AB" * 20), ("min_version", "1.3")])
def test_what_is_to_be_verified_does_not_stand_beside_required_false(key, value, consolidador, ca):
    point(consolidador, 3306, **{"required": False, key: value.format(ca=ca.cert_file)})
    run = consolidador.check().expect(CONFIGURATION)
    assert f"databases.vps.tls.{key}: has no effect beside required: false" in run.stderr


def packet(number, content):
    return struct.pack("<I", len(content))[:3] + bytes([number]) + content


def ask_for_plugin(listener, plugin):
    """A server that wants every client to identify itself by this plugin, in plain text."""
    able = 0x81BFF7FF & ~0x800  # all but TLS
    greeting = (b"\x0a10.11.6-MariaDB\0" + struct.pack("<I", 1) + b"12345678\0" + struct.pack("<H", able & 0xFFFF)
                + b"\x2d\x02\0" + struct.pack("<H", able >> 16) + bytes([21]) + bytes(10) + b"123456789012\0"
                + b"mysql_native_password\0")
    with contextlib.suppress(OSError):  # the test is over
        while True:
            client = listener.accept()[0]
            with client, contextlib.suppress(OSError):
                client.sendall(packet(0, greeting))
                client.recv(4096)
                client.sendall(packet(2, b"\xfe" + plugin + b"\0" + bytes(32)))
                client.recv(4096)


def test_a_plugin_that_is_missing_here_is_named_and_nothing_of_tls(places, consolidador):
    with socket.create_server((HERE, 0)) as listener:
        server = threading.Thread(target=ask_for_plugin, args=(listener, b"client_ed25519"), daemon=True)
        server.start()
        consolidador.settings["databases"]["vps"] |= {"host": HERE, "port": listener.getsockname()[1]}
        consolidador.write_config()
        run = consolidador.run("once", "--from", str(WEEK[0]), "--to", str(WEEK[0]),
                               environment={"MARIADB_PLUGIN_DIR": "/none"})
    error = run.day(WEEK[0])["error"]
    assert "client_ed25519" in error and "install the client library's plugins" in error, error
    assert "tls" not in error
