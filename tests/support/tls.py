# SPDX-License-Identifier: MIT
"""Certificates made for a test, and servers that nobody should believe."""
import contextlib
import datetime
import ipaddress
import socket
import ssl
import struct
import threading
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

DAY = datetime.timedelta(days=1)
CLIENT_SSL = 0x0800
GREETING_SECONDS = 20


def _name(common_name):
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])


def _alternative(name):
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


class Identity:
    """A certificate and its private key, as PEM files."""

    def __init__(self, folder, common_name, key, certificate):
        self.key = key
        self.certificate = certificate
        self.cert_file = Path(folder) / f"{common_name}.crt"
        self.key_file = Path(folder) / f"{common_name}.key"
        self.cert_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        self.key_file.write_bytes(key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption()))

    def fingerprint(self, algorithm=hashes.SHA1):
        return self.certificate.fingerprint(algorithm()).hex(":").upper()


class Authority(Identity):
    """A certificate authority that signs whatever a test asks for."""

    def __init__(self, folder, name="ca"):
        self.folder = Path(folder)
        key = ec.generate_private_key(ec.SECP256R1())
        super().__init__(folder, name, key,
                         self._sign(_name(name), key.public_key(), _name(name), key, ca=True))

    def issue(self, common_name, names=(), days=(-1, 30), self_signed=False):
        """A certificate for these names and addresses, valid from and to so many days from now."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _name(common_name)
        issuer, signer = (subject, key) if self_signed else (self.certificate.subject, self.key)
        return Identity(self.folder, common_name, key,
                        self._sign(subject, key.public_key(), issuer, signer, names, days))

    @staticmethod
    def _sign(subject, public_key, issuer, signer, names=(), days=(-1, 30), ca=False):
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer)
                   .public_key(public_key).serial_number(x509.random_serial_number())
                   .not_valid_before(now + days[0] * DAY).not_valid_after(now + days[1] * DAY)
                   .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True))
        if names:
            builder = builder.add_extension(
                x509.SubjectAlternativeName([_alternative(name) for name in names]), critical=False)
        return builder.sign(signer, hashes.SHA256())


def greeting(tls=True):
    """The first packet of a MariaDB server that identifies accounts by mysql_native_password."""
    capabilities = 0x81fffffe & ~(0 if tls else CLIENT_SSL)
    payload = (b"\x0a5.5.5-10.11.19-MariaDB\x00" + struct.pack("<I", 7) + b"12345678\x00"
               + struct.pack("<HBHHB", capabilities & 0xffff, 45, 2, capabilities >> 16, 21)
               + bytes(6) + struct.pack("<I", 0x1d) + b"abcdefghijkl\x00mysql_native_password\x00")
    return len(payload).to_bytes(3, "little") + b"\x00" + payload


class Impostor:
    """Speaks as a MariaDB server up to the point where a client would send its credentials, and
    keeps whatever it is sent: `plain` before TLS, `inside` once TLS stands."""

    def __init__(self, identity=None, versions=(ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3),
                 client_ca=None, address="127.0.0.1"):
        self.plain = b""
        self.inside = b""
        self._context = self._tls(identity, versions, client_ca) if identity else None
        self._listener = socket.create_server((address, 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, name="impostor", daemon=True)
        self._thread.start()

    @staticmethod
    def _tls(identity, versions, client_ca):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("DEFAULT:@SECLEVEL=0")  # else no version below 1.2
        context.minimum_version, context.maximum_version = versions
        context.load_cert_chain(identity.cert_file, identity.key_file)
        if client_ca:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(client_ca.cert_file)
        return context

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                with client, contextlib.suppress(OSError):
                    client.settimeout(GREETING_SECONDS)
                    self._talk(client)

    def _talk(self, client):
        client.sendall(greeting(tls=self._context is not None))
        self.plain += client.recv(36) if self._context else client.recv(65536)
        if self._context and len(self.plain) >= 36:
            try:
                with self._context.wrap_socket(client.dup(), server_side=True) as inside:
                    self.inside += inside.recv(65536)
            except ssl.SSLError:
                while client.recv(65536):  # else the alert would be lost in a reset
                    pass
