"""Commands in containers and forwarded ports: structured results, whatever happens on the other side."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from harness.errors import Invalid, NotFound, Unreachable
from harness.kube.api import Api, CommandResult
from tests.fakes.apiserver import FakeServer, status
from tests.fakes.websocket import Pod, Socket, ended

STDOUT, STDERR, STATUS = 1, 2, 3


def printing(code: int, stdout: bytes = b"", stderr: bytes = b"") -> Pod:
    def script(socket: Socket, _query: dict[str, list[str]]) -> None:
        if stdout:
            socket.send(STDOUT, stdout)
        if stderr:
            socket.send(STDERR, stderr)
        socket.send(STATUS, ended(code))
        socket.close()

    return Pod(exec=script)


def failing(message: str) -> Pod:
    def script(socket: Socket, _query: dict[str, list[str]]) -> None:
        socket.send(STATUS, json.dumps({"status": "Failure", "reason": "InternalError", "message": message}).encode())
        socket.close()

    return Pod(exec=script)


@pytest.mark.row(23)
@pytest.mark.parametrize("code", [0, 1, 42, 255])
def test_a_command_gives_its_code_and_output(server: FakeServer, api: Api, code: int) -> None:
    server.pods["app-0"] = printing(code, b"out\n", b"err\n")
    assert api.exec("app-0", "ns", ["sh", "-c", "x; y"], container="app") == CommandResult(code, "out\n", "err\n")
    assert server.pods["app-0"].argvs == [["sh", "-c", "x; y"]]


@pytest.mark.row(23)
@pytest.mark.parametrize(
    "message", ['container not found ("web")', 'exec: "nosuch": executable file not found in $PATH']
)
def test_a_command_that_does_not_start_says_why(server: FakeServer, api: Api, message: str) -> None:
    server.pods["app-0"] = failing(message)
    assert api.exec("app-0", "ns", ["nosuch"], container="app") == CommandResult(None, "", "", message)


def test_a_refused_exec_is_the_servers_refusal(server: FakeServer, api: Api) -> None:
    server.pods["app-0"] = Pod(refusal=(400, status(400, "BadRequest", "container zz is not valid for pod app-0")))
    with pytest.raises(Invalid, match="container zz is not valid for pod app-0"):
        api.exec("app-0", "ns", ["true"], container="zz")
    with pytest.raises(NotFound, match="cannot create pods/exec app-9 in namespace ns"):
        api.exec("app-9", "ns", ["true"], container="app")


@pytest.mark.row(23)
def test_a_dropped_connection_keeps_what_came_before_and_gives_no_code(server: FakeServer, api: Api) -> None:
    server.pods["app-0"] = Pod(exec=lambda socket, _query: socket.send(STDOUT, b"half"))
    ran = api.exec("app-0", "ns", ["true"], container="app")
    assert (ran.code, ran.stdout) == (None, "half")
    assert ran.error.startswith("the connection was dropped before the command ended")


def test_a_connection_closed_without_a_status_gives_no_code(server: FakeServer, api: Api) -> None:
    server.pods["app-0"] = Pod(exec=lambda socket, _query: socket.close())
    assert api.exec("app-0", "ns", ["true"], container="app") == CommandResult(
        None, "", "", "the connection was dropped before the command ended"
    )


def test_a_command_that_does_not_end_is_left_after_its_time(server: FakeServer, api: Api) -> None:
    def script(socket: Socket, _query: dict[str, list[str]]) -> None:
        socket.send(STDOUT, b"begun")
        socket.receive()

    server.pods["app-0"] = Pod(exec=script)
    began = time.monotonic()
    ran = api.exec("app-0", "ns", ["sleep", "60"], container="app", timeout_s=0.3)
    assert time.monotonic() - began < 2
    assert ran == CommandResult(None, "begun", "", "the command had not ended after 0.3 s")


def test_a_command_that_prints_without_end_is_left_after_its_time_too(server: FakeServer, api: Api) -> None:
    def script(socket: Socket, _query: dict[str, list[str]]) -> None:
        while not server.stopped:
            socket.send(STDOUT, b"y\n" * 1000)

    server.pods["app-0"] = Pod(exec=script)
    began = time.monotonic()
    ran = api.exec("app-0", "ns", ["yes"], container="app", timeout_s=0.3, limit=4)
    assert time.monotonic() - began < 2
    assert (ran.code, ran.stdout) == (None, "y\ny\n\n[truncated]")


@pytest.mark.row(23, 47)
def test_output_is_kept_to_the_limit_and_the_code_is_still_learnt(server: FakeServer, api: Api) -> None:
    server.pods["app-0"] = printing(7, b"x" * 10_000_000, b"short")
    ran = api.exec("app-0", "ns", ["cat"], container="app", limit=1000)
    assert ran == CommandResult(7, "x" * 1000 + "\n[truncated]", "short")


@pytest.mark.row(23)
def test_output_that_is_not_utf8_is_shown_with_replacements(server: FakeServer, api: Api) -> None:
    server.pods["app-0"] = printing(0, b"\xffx")
    assert api.exec("app-0", "ns", ["cat"], container="app").stdout == "�x"


def test_a_server_that_never_shakes_hands_is_given_up(server: FakeServer, api: Api) -> None:
    release = threading.Event()
    server.pods["app-0"] = Pod(before=lambda: release.wait(5))
    began = time.monotonic()
    try:
        with pytest.raises(Unreachable, match="does not answer in time"):
            api.exec("app-0", "ns", ["true"], container="app", timeout_s=0.3)
        assert time.monotonic() - began < 2
    finally:
        release.set()


@pytest.mark.row(24)
def test_commands_and_requests_in_parallel_do_not_disturb_each_other(server: FakeServer, api: Api) -> None:
    server.pods["app-0"] = printing(3, b"out")
    server.answers["GET", "/version"] = lambda _call: (200, {"gitVersion": "v1"})
    with ThreadPoolExecutor(4) as pool:
        commands = [pool.submit(api.exec, "app-0", "ns", ["true"], container="app") for _ in range(100)]
        versions = [pool.submit(api.version) for _ in range(100)]
        assert {future.result() for future in commands} == {CommandResult(3, "out", "")}
        assert {future.result() for future in versions} == {"v1"}


def forwarding(port: int, answer: bytes = b"") -> Pod:
    """Return a pod that greets as the kubelet does and echoes what it gets, after `answer`."""

    def script(socket: Socket, _query: dict[str, list[str]]) -> None:
        for channel in (0, 1):
            socket.send(channel, port.to_bytes(2, "little"))
        while received := socket.receive():
            socket.send(0, answer + received[1])

    return Pod(portforward=script)


def test_a_forwarded_port_is_a_socket(server: FakeServer, api: Api) -> None:
    server.pods["dns"] = forwarding(53, b"> ")
    with api.forward("dns", "ns", 53) as connection:
        connection.settimeout(5)
        for text in (b"one", b"two"):
            connection.sendall(text)
            assert connection.recv(100) == b"> " + text
    assert not [thread for thread in threading.enumerate() if thread.name == "port-forward"]


def test_much_data_passes_a_forwarded_port_unchanged(server: FakeServer, api: Api) -> None:
    server.pods["dns"] = forwarding(53)
    data = bytes(range(256)) * 2000
    with api.forward("dns", "ns", 53) as connection:
        connection.settimeout(10)
        sender = threading.Thread(target=connection.sendall, args=(data,))
        sender.start()
        received = b""
        while len(received) < len(data):
            received += connection.recv(1 << 16)
        sender.join()
    assert received == data


def ask_once(api: Api, port: int) -> None:
    """Send one byte through a forwarded port and read one, as a DNS client would; EOFError where none comes."""
    with api.forward("dns", "ns", port) as connection:
        connection.settimeout(5)
        with suppress(BrokenPipeError):
            connection.sendall(b"x")
        if not connection.recv(1):
            raise EOFError


@pytest.mark.row(25)
def test_a_port_that_nobody_listens_on_is_told_in_the_kubelets_words(server: FakeServer, api: Api) -> None:
    def script(socket: Socket, _query: dict[str, list[str]]) -> None:
        for channel in (0, 1):
            socket.send(channel, (54).to_bytes(2, "little"))
        socket.send(1, b"dial tcp4 127.0.0.1:54: connect: connection refused")
        socket.receive()

    server.pods["dns"] = Pod(portforward=script)
    with pytest.raises(Unreachable, match=r"port 54 gives no connection: dial tcp4 127\.0\.0\.1:54: connect"):
        ask_once(api, 54)


@pytest.mark.row(25)
def test_a_forward_that_is_cut_ends_reading_and_says_so(server: FakeServer, api: Api) -> None:
    def script(socket: Socket, _query: dict[str, list[str]]) -> None:
        for channel in (0, 1):
            socket.send(channel, (53).to_bytes(2, "little"))
        socket.receive()

    server.pods["dns"] = Pod(portforward=script)
    with pytest.raises(Unreachable, match="port 53 gives no connection: the connection was cut"):
        ask_once(api, 53)


def test_a_forward_to_a_pod_that_is_not_there_is_refused(server: FakeServer, api: Api) -> None:
    with pytest.raises(NotFound), api.forward("gone", "ns", 53):
        pass
