"""Firefox and WebKit as Debian packages them, each driven by the W3C protocol that it speaks itself.

Playwright drives builds of its own, which no package holds. Firefox speaks WebDriver BiDi on a socket, WebKitWebDriver
speaks WebDriver over HTTP, and both take the same input actions: no other driver is needed.
"""

import json
import os
import shutil
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeVar

import httpx2
from websockets.sync.client import connect

SMALL_TOOLBAR = "* { min-width: 0; min-height: 0; margin: 0; padding: 0; font-size: 1px }"
"""With its own sizes MiniBrowser's toolbar keeps the window at 447 pixels or more."""

Seen = TypeVar("Seen")


def wait_for(look: Callable[[], Seen], seconds: float = 60) -> Seen:
    """Returns what `look` sees, as soon as that is true."""
    end = time.monotonic() + seconds
    while not (seen := look()):
        assert time.monotonic() < end, f"waited {seconds} seconds in vain"
        time.sleep(0.05)
    return seen


def end(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    process.communicate(timeout=30)


class Engine(ABC):
    """A browser, and in it the tab that is worked in; each tab has a storage of its own."""

    programs: tuple[str, ...]
    packages: str

    def __init__(self, home: Path, ends: ExitStack) -> None:
        self.home = home
        self._ends = ends

    @classmethod
    def installed(cls) -> bool:
        return all(shutil.which(program) for program in cls.programs)

    def _start(self, *command: str, **environment: str) -> "subprocess.Popen[str]":
        """Starts a program that knows nothing of whoever runs the tests, and leaves nothing behind."""
        env = {"PATH": os.environ["PATH"], "HOME": str(self.home), "NO_AT_BRIDGE": "1", **environment}
        process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self._ends.callback(end, process)
        return process

    @abstractmethod
    def open_tab(self) -> None: ...

    @abstractmethod
    def close_tab(self) -> None: ...

    @abstractmethod
    def go(self, url: str) -> None:
        """Opens a page and waits until it has loaded."""

    @abstractmethod
    def evaluate(self, expression: str) -> Any:
        """Returns what a JavaScript expression is in the page."""

    @abstractmethod
    def resize(self, width: int, height: int) -> None:
        """Gives the page so many CSS pixels."""

    @abstractmethod
    def _perform(self, kind: str, actions: list[dict[str, Any]]) -> None: ...

    def press(self, *keys: str) -> None:
        self._perform("key", [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")])

    def click(self, x: int, y: int) -> None:
        buttons = [{"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp")]
        self._perform("pointer", [{"type": "pointerMove", "x": x, "y": y}, *buttons])


class Firefox(Engine):
    """Firefox without a window."""

    programs = ("firefox-esr",)
    packages = "firefox-esr"

    def __init__(self, home: Path, ends: ExitStack) -> None:
        super().__init__(home, ends)
        self._start("firefox-esr", "--headless", "--no-remote", "--profile", str(home), "--remote-debugging-port=0")
        announced = home / "WebDriverBiDiServer.json"
        port = json.loads(wait_for(lambda: announced.exists() and announced.read_text()) or "")["ws_port"]
        session = connect(f"ws://127.0.0.1:{port}/session", proxy=None, max_size=None)
        self._socket = ends.enter_context(session)
        self._sent = 0
        self._command("session.new", capabilities={})

    def _command(self, method: str, **params: Any) -> Any:
        self._sent += 1
        self._socket.send(json.dumps({"id": self._sent, "method": method, "params": params}))
        while (answer := json.loads(self._socket.recv(timeout=30))).get("id") != self._sent:
            pass
        assert answer["type"] == "success", answer
        return answer["result"]

    def open_tab(self) -> None:
        self._tab = self._command("browsingContext.create", type="tab")["context"]

    def close_tab(self) -> None:
        self._command("browsingContext.close", context=self._tab)

    def go(self, url: str) -> None:
        self._command("browsingContext.navigate", context=self._tab, url=url, wait="complete")

    def evaluate(self, expression: str) -> Any:
        call = f"JSON.stringify({expression})"
        done = self._command("script.evaluate", expression=call, target={"context": self._tab}, awaitPromise=False)
        assert done["type"] == "success", done["exceptionDetails"]["text"]
        return json.loads(done["result"].get("value", "null"))

    def resize(self, width: int, height: int) -> None:
        self._command("browsingContext.setViewport", context=self._tab, viewport={"width": width, "height": height})

    def _perform(self, kind: str, actions: list[dict[str, Any]]) -> None:
        self._command(
            "input.performActions", context=self._tab, actions=[{"type": kind, "id": kind, "actions": actions}]
        )


class WebKit(Engine):
    """WebKitGTK's MiniBrowser on a screen that nobody sees."""

    programs = ("WebKitWebDriver", "Xvfb")
    packages = "webkit2gtk-driver xvfb"

    def __init__(self, home: Path, ends: ExitStack) -> None:
        super().__init__(home, ends)
        style = home / ".config/gtk-3.0/gtk.css"
        style.parent.mkdir(parents=True)
        style.write_text(SMALL_TOOLBAR)
        screen = self._start("Xvfb", "-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp")
        display = screen.stdout.readline().strip() if screen.stdout else ""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        self._start("WebKitWebDriver", f"--port={port}", DISPLAY=f":{display}")
        self._http = ends.enter_context(httpx2.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30))
        wait_for(self._listens)
        self._session = f"/session/{self._call('POST', '/session', capabilities={})['sessionId']}"
        ends.callback(self._call, "DELETE", self._session)
        self._first: str = self._call("GET", f"{self._session}/window")

    def _listens(self) -> bool:
        try:
            return self._http.get("/status").is_success
        except httpx2.ConnectError:
            return False

    def _call(self, method: str, path: str, **params: Any) -> Any:
        answer = self._http.request(method, path, json=params if method == "POST" else None)
        assert answer.is_success, answer.text
        return answer.json()["value"]

    def _command(self, path: str, **params: Any) -> Any:
        return self._call("POST", f"{self._session}/{path}", **params)

    def open_tab(self) -> None:
        self._command("window", handle=self._command("window/new", type="window")["handle"])

    def close_tab(self) -> None:
        self._call("DELETE", f"{self._session}/window")
        self._command("window", handle=self._first)

    def go(self, url: str) -> None:
        self._command("url", url=url)

    def evaluate(self, expression: str) -> Any:
        return self._command("execute/sync", script=f"return {expression}", args=[])

    def resize(self, width: int, height: int) -> None:
        frame = self.evaluate("[outerWidth - innerWidth, outerHeight - innerHeight]")
        self._command("window/rect", width=width + frame[0], height=height + frame[1])
        wait_for(lambda: self.evaluate("[innerWidth, innerHeight]") == [width, height])

    def _perform(self, kind: str, actions: list[dict[str, Any]]) -> None:
        self._command("actions", actions=[{"type": kind, "id": kind, "actions": actions}])
