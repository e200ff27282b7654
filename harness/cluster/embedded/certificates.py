"""The cluster's own certificate authority: ECDSA keys, made in milliseconds, for a cluster that is thrown away."""

from __future__ import annotations

import base64
import datetime as dt
import ipaddress
from collections.abc import Iterable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from harness.kube.proxy import DIRECT

__all__ = ["Authority", "write_key_pair", "write_kubeconfig"]

_LIFE = dt.timedelta(days=365)
_SKEW = dt.timedelta(hours=1)


class Authority:
    """A certificate authority whose certificate and every issued pair lie in one folder as NAME.crt and NAME.key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("statefulspec", ())
        self._certificate = (
            _builder(self._name, self._name, self._key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        _write(folder / "ca.crt", self._certificate.public_bytes(serialization.Encoding.PEM))

    @property
    def certificate(self) -> Path:
        """The file that every member trusts."""
        return self.folder / "ca.crt"

    def issue(self, file: str, user: str, groups: Iterable[str] = (), addresses: Iterable[str] = ()) -> None:
        """Write FILE.crt and FILE.key for a user in groups, valid as a server's under the given names and addresses."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(_name(user, groups), self._name, key.public_key()).add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
        )
        names = [_general_name(address) for address in addresses]
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        certificate = builder.sign(self._key, hashes.SHA256())
        _write(self.folder / f"{file}.crt", certificate.public_bytes(serialization.Encoding.PEM))
        _write(self.folder / f"{file}.key", _pem(key))


def write_key_pair(folder: Path, file: str) -> None:
    """Write a bare key pair, as for signing service account tokens: FILE.key and FILE.pub."""
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    _write(folder / f"{file}.key", _pem(key))
    _write(folder / f"{file}.pub", public)


def write_kubeconfig(path: Path, context: str, server: str, authority: Authority, user: str) -> None:
    """Write a kubeconfig, mode 0600, with one context for the issued pair of that name; everything is inside it."""
    text = "\n".join(
        (
            "apiVersion: v1",
            "kind: Config",
            f"current-context: {context}",
            f"contexts: [{{name: {context}, context: {{cluster: {context}, user: {context}}}}}]",
            "clusters:",
            f"- name: {context}",
            "  cluster:",
            f"    server: {server}",
            f"    extensions: [{{name: {DIRECT}, extension: {{}}}}]",
            f"    certificate-authority-data: {_inline(authority.certificate)}",
            "users:",
            f"- name: {context}",
            "  user:",
            f"    client-certificate-data: {_inline(authority.folder / f'{user}.crt')}",
            f"    client-key-data: {_inline(authority.folder / f'{user}.key')}",
            "",
        )
    )
    _write(path, text.encode())


def _inline(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + _LIFE)
    )


def _name(user: str, groups: Iterable[str]) -> x509.Name:
    organisations = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in groups]
    return x509.Name([*organisations, x509.NameAttribute(NameOID.COMMON_NAME, user)])


def _general_name(address: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(address))
    except ValueError:
        return x509.DNSName(address)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, data: bytes) -> None:
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_bytes(data)
