"""A server that cannot be reached, and a kubeconfig that cannot be used, say why in one line."""

from __future__ import annotations

import json
import socket
import ssl
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from harness import timeouts
from harness.errors import BadInput, EnvironmentUnfit, Unreachable
from harness.kube.api import Api
from tests.fakes.apiserver import FakeServer, kubeconfig


@pytest.mark.row(18)
def test_a_closed_port_refuses(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"https://127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(Unreachable) as caught:
            Api.connect(kubeconfig(tmp_path, url)).version()
    assert str(caught.value) == f"cannot get version: {url} refuses connections: no API server listens there"


@pytest.mark.row(18)
def test_an_unknown_host_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match=r"https://nowhere\.invalid cannot be found: its name does not resolve"):
        Api.connect(kubeconfig(tmp_path, "https://nowhere.invalid")).version()


@pytest.mark.row(18)
def test_a_certificate_of_another_authority_is_explained(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)
    with tls_server(certificate, key) as url, pytest.raises(Unreachable, match="authority does not vouch for"):
        Api.connect(kubeconfig(tmp_path, url)).version()


def test_certificates_are_read_once_for_all_connections(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)
    with tls_server(certificate, key) as url:
        api = Api.connect(kubeconfig(tmp_path, url, **{"certificate-authority": str(certificate)}))
        certificate.unlink()
        with pytest.raises(Unreachable, match="hung up"):  # after a handshake in which the server was believed
            api.fork().version()


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_a_server_may_be_believed_unseen(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)
    with tls_server(certificate, key) as url, pytest.raises(Unreachable, match="hung up"):
        Api.connect(kubeconfig(tmp_path, url, **{"insecure-skip-tls-verify": True})).version()


def test_a_certificate_that_is_none_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nobody")
    with pytest.raises(BadInput, match="its certificates cannot be used"):
        Api.connect(kubeconfig(tmp_path, "https://127.0.0.1:1", **{"certificate-authority": "ca.pem"}))


def test_a_server_that_speaks_no_tls_is_explained(server: FakeServer, tmp_path: Path) -> None:
    url = server.url.replace("http:", "https:")
    with pytest.raises(Unreachable, match="WRONG_VERSION_NUMBER"):
        Api.connect(kubeconfig(tmp_path, url)).version()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(None, "there is no such kubeconfig", id="missing"),
        pytest.param("", "the kubeconfig is empty", id="empty"),
        pytest.param("a: [b\nc: d", ":2: the kubeconfig is not YAML", id="bad YAML"),
        pytest.param("- a", "the kubeconfig is not a mapping", id="list"),
        pytest.param("contexts: []", "has no current context", id="no contexts"),
        pytest.param("contexts: [{name: a}, {name: b}]", "has no current context\n  name one; it has: a, b", id="none"),
        pytest.param("current-context: c\ncontexts: [{name: a}]", "no context 'c'\n  it has: a", id="unknown"),
        pytest.param("current-context: a\ncontexts: [{name: a}]", "context 'a' cannot be used", id="incomplete"),
        pytest.param("\xff\x00", "is not YAML", id="binary"),
    ],
)
def test_a_kubeconfig_that_cannot_be_used_says_why(tmp_path: Path, content: str | None, says: str) -> None:
    path = tmp_path / "config"
    if content is not None:
        path.write_bytes(content.encode("latin-1"))
    with pytest.raises(BadInput) as caught:
        Api.connect(path)
    assert str(caught.value).startswith(str(path))
    assert says in str(caught.value)


def test_a_context_is_chosen_by_name_and_read_once(server: FakeServer, tmp_path: Path) -> None:
    path = kubeconfig(tmp_path, server.url)
    content = json.loads(path.read_text()) | {"current-context": "elsewhere"}
    path.write_text(json.dumps(content))
    api = Api.connect(path, "fake")
    path.write_text("{}")
    server.answers["GET", "/version"] = lambda _call: (200, {"gitVersion": "v1.36.3"})
    assert api.version() == "v1.36.3"
    assert api.server == server.url


def test_relative_files_belong_to_the_kubeconfigs_folder(server: FakeServer, tmp_path: Path) -> None:
    path = kubeconfig(tmp_path, server.url)
    content = json.loads(path.read_text())
    content["users"][0]["user"] = {"tokenFile": "token.txt"}
    path.write_text(json.dumps(content))
    (tmp_path / "token.txt").write_text("from-file")
    server.answers["GET", "/version"] = lambda _call: (200, {})
    Api.connect(path).version()
    assert server.calls[-1].headers["authorization"] == "Bearer from-file"


def plugin(tmp_path: Path, server: FakeServer, script: str) -> Path:
    """Return a kubeconfig whose user gets credentials from a Python program."""
    path = kubeconfig(tmp_path, server.url)
    content = json.loads(path.read_text())
    program = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": sys.executable,
        "args": ["-c", script],
        "env": [{"name": "GIVEN", "value": "from-env"}],
    }
    content["users"][0]["user"] = {"exec": program}
    path.write_text(json.dumps(content))
    return path


def test_a_credential_plugin_gives_the_token_and_is_asked_again_when_it_expires(
    server: FakeServer, tmp_path: Path
) -> None:
    soon = (datetime.now(UTC) + timedelta(seconds=30)).isoformat()
    script = (
        "import json, os, time; "
        f"print(json.dumps({{'status': {{'token': os.environ['GIVEN'] + str(time.monotonic_ns()), "
        f"'expirationTimestamp': {soon!r}}}}}))"
    )
    server.answers["GET", "/version"] = lambda _call: (200, {})
    api = Api.connect(plugin(tmp_path, server, script))
    api.version()
    api.version()
    tokens = [call.headers["authorization"] for call in server.calls]
    assert all(token.startswith("Bearer from-env") for token in tokens)
    assert len(set(tokens)) == 2


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("import sys; print('no login', file=sys.stderr); sys.exit(3)", "it exited with code 3\n  no login"),
        ("print('garbage')", "what it printed is no ExecCredential"),
        ("print('{\"status\": {}}')", "has neither a token nor a certificate"),
        ("import time; time.sleep(60)", "it had not ended after 0.5 s"),
    ],
)
def test_a_credential_plugin_that_fails_is_told_with_its_own_words(
    server: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, says: str
) -> None:
    if "sleep" in script:
        monkeypatch.setattr(timeouts, "CREDENTIAL", timeouts.Timeout(0.5))
    began = time.monotonic()
    with pytest.raises(EnvironmentUnfit) as caught:
        Api.connect(plugin(tmp_path, server, script))
    assert says in str(caught.value)
    assert time.monotonic() - began < 10
    assert server.calls == []


class tls_server:  # noqa: N801 - used like the functions of contextlib
    """Serves TLS with one certificate on loopback while the block runs; answers nothing."""

    def __init__(self, certificate: Path, key: Path) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)

    def _serve(self) -> None:
        try:
            connection, _ = self._socket.accept()
            with connection, self._context.wrap_socket(connection, server_side=True):
                pass
        except OSError:
            return  # the client hangs up when it sees the certificate

    def __enter__(self) -> str:
        self._thread.start()
        return f"https://127.0.0.1:{self._socket.getsockname()[1]}"

    def __exit__(self, *_error: object) -> None:
        self._thread.join(5)
        self._socket.close()


def self_signed(folder: Path) -> tuple[Path, Path]:
    """Write a certificate for 127.0.0.1 that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "stranger")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(1)
    )
    builder = builder.add_extension(
        x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
    )
    certificate = builder.sign(key, hashes.SHA256())
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(key.private_bytes(*form))
    return folder / "cert.pem", folder / "key.pem"
