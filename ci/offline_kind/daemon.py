"""
The inside of an engine's namespaces: Debian's Docker, and the command that uses it.

Run as a module by `engine.run`, with nothing of the machine's network, and its own Docker out of sight.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from harness.cluster.embedded import host, processes
from harness.errors import BadInput, EnvironmentUnfit, HarnessError

__all__ = ["main"]

_RUNTIME = Path(__file__).parent / "files" / "runc.sh"
_STARTING_S = 60.0
_LOADING_S = 300.0


def main(folder: Path, cgroup: str, image: Path, programs: Path, command: Sequence[str]) -> None:
    """
    Start the engine, load the image, and become the command, so that signals reach it.

    `folder` holds what the engine keeps, the cgroup of that name all its containers; `programs` are first on PATH.
    """
    # An engine of the machine has its sockets there, and ours would use its containerd.
    host.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run"], "hiding the machine's own engine")
    host.run(["ip", "link", "set", "lo", "up"], "setting up the loopback")
    log = folder / "dockerd.log"
    with log.open("w") as output:
        engine = subprocess.Popen(
            _dockerd(folder, cgroup), stdout=output, stderr=output, env=host.ENVIRONMENT, umask=host.UMASK
        )
    _await(engine, log)
    host.run(["docker", "load", "--quiet", f"--input={image}"], f"loading {image}", limit_s=_LOADING_S)
    temporary = folder / "tmp"  # whatever the command leaves there, being killed, goes with the engine
    temporary.mkdir()
    path = os.pathsep.join((str(programs), os.environ["PATH"]))
    try:
        os.execvpe(command[0], list(command), {**os.environ, "PATH": path, "TMPDIR": str(temporary)})
    except OSError as error:
        raise BadInput(f"{command[0]} cannot be run: {error.strerror}") from error


def _dockerd(folder: Path, cgroup: str) -> list[str]:
    settings = folder / "dockerd.json"
    settings.write_text("{}")  # the machine's own are for the machine's own
    return [
        host.path_of("dockerd"),
        f"--config-file={settings}",
        f"--data-root={folder}/docker",
        "--storage-driver=overlay2",
        f"--cgroup-parent=/{cgroup}",
        "--exec-opt=native.cgroupdriver=cgroupfs",  # the machine's systemd is to notice as little as its own Docker
        "--ip=127.0.0.1",
        f"--add-runtime=own={_RUNTIME}",
        "--default-runtime=own",
    ]


def _await(engine: subprocess.Popen[bytes], log: Path) -> None:
    def answers() -> bool:
        return host.ask(["docker", "version"]).returncode == 0 or engine.poll() is not None

    retrying = Retrying(
        retry=retry_if_result(lambda answered: not answered),
        stop=stop_after_delay(_STARTING_S),
        wait=wait_fixed(0.1),
        retry_error_callback=lambda _: False,
    )
    if not retrying(answers) or engine.poll() is not None:
        raise EnvironmentUnfit(
            "dockerd did not start",
            expected=f"it answers within {_STARTING_S:.0f} s",
            observed=processes.tail(log),
        )


if __name__ == "__main__":
    folder_, cgroup_, image_, programs_, *command_ = sys.argv[1:]
    try:
        main(Path(folder_), cgroup_, Path(image_), Path(programs_), command_)
    except HarnessError as error:
        sys.exit(str(error))
