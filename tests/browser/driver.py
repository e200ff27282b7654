"""
A real browser, driven by the W3C WebDriver protocol.

Chromium and its driver come from the distribution's packages `chromium` and `chromium-driver`; the few commands that
are needed of the protocol are plain HTTP, so that no package has to be installed for it.
"""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

__all__ = ["Browser"]

_ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    # A page of ours needs no network, and a browser left alone asks its maker's servers for news at every start.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
KEYS = {"right": "\ue014", "left": "\ue012", "down": "\ue015", "up": "\ue013", "escape": "\ue00c", "enter": "\ue007"}


class Browser:
    """
    One window; `close` ends the browser and its driver, and the end of this process the driver, too.

    All its files are in `folder`, also those that it would leave in the user's home and in the temporary folder.
    """

    def __init__(self, folder: Path, width: int = 1280, height: int = 900) -> None:
        places = dict.fromkeys(("TMPDIR", "HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"), str(folder))
        self._driver = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", "chromedriver", "--port=0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, **places},
        )
        assert self._driver.stdout is not None
        said = (re.search(r"on port (\d+)\.", line) for line in self._driver.stdout)
        port = next(found[1] for found in said if found)
        self._url = f"http://127.0.0.1:{port}/session"
        options = {"args": [*_ARGUMENTS, f"--window-size={width},{height}"]}
        capabilities = {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        made = self._call("POST", "", {"capabilities": {"alwaysMatch": capabilities}})
        self._url += f"/{made['sessionId']}"

    def close(self) -> None:
        """End the browser, then its driver."""
        try:
            self._call("DELETE", "")
        finally:
            self._driver.terminate()
            self._driver.communicate(timeout=10)

    def open(self, path: Path) -> None:
        """Open a file; returns when the page has loaded."""
        self._call("POST", "/url", {"url": path.resolve().as_uri()})

    def run(self, script: str, *arguments: object) -> Any:
        """Return what a script returns; one that returns a promise is awaited."""
        return self._call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def press(self, *keys: str) -> None:
        """Press keys one after the other: a letter, or one of KEYS."""
        actions = [{"type": move, "value": KEYS.get(key, key)} for key in keys for move in ("keyDown", "keyUp")]
        self._call("POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]})

    def point(self, selector: str, *, click: bool = False) -> None:
        """Move the mouse onto the first element that the selector finds, and click it if asked to."""
        place = self.run(
            "const one = document.querySelector(arguments[0]); one.scrollIntoView({block: 'center'});"
            "const box = one.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]",
            selector,
        )
        moves: list[dict[str, Any]] = [
            {"type": "pointerMove", "duration": 0, "x": round(place[0]), "y": round(place[1])}
        ]
        if click:
            moves += [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        self._call("POST", "/actions", {"actions": [{"type": "pointer", "id": "mouse", "actions": moves}]})

    def prefer(self, scheme: str, *, media: str = "") -> None:
        """Show pages as to someone who prefers `dark` or `light`; with media `print` as on paper."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        command = {"cmd": "Emulation.setEmulatedMedia", "params": {"media": media, "features": features}}
        self._call("POST", "/goog/cdp/execute", command)

    def be_wide(self, width: int, height: int = 900) -> None:
        """Show pages in so many pixels, also where a window could not be as narrow; 0 is the window itself again."""
        metrics = {"width": width, "height": height if width else 0, "deviceScaleFactor": 0, "mobile": False}
        command = {"cmd": "Emulation.setDeviceMetricsOverride", "params": metrics}
        self._call("POST", "/goog/cdp/execute", command)

    def picture(self, path: Path) -> None:
        """Write a picture of what the window shows."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(self._call("GET", "/screenshot")))

    def complaints(self) -> list[str]:
        """Return what the page has written to the console since it was last asked."""
        return [entry["message"] for entry in self._call("POST", "/se/log", {"type": "browser"})]

    def _call(self, method: str, path: str, body: object = None) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self._url + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.loads(response.read())["value"]
