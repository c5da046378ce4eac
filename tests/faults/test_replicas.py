"""One of two replicas goes, under load, behind a real nginx."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import Start, assert_kept
from tests.faults.patients import Patients
from tests.faults.postgres import Postgres
from tests.faults.replica import Replica, free_port, wait_for
from tests.redis import RedisServer

CONFIGURATION = """
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  scgi_temp_path {folder}/scgi;
  uwsgi_temp_path {folder}/uwsgi;
  upstream replicas {{
    {servers}
    keepalive 16;
  }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://replicas;
      proxy_http_version 1.1;
      proxy_set_header connection "";
      proxy_connect_timeout 1s;
      proxy_next_upstream error timeout non_idempotent;
    }}
  }}
}}
"""
"""A message may be asked again: the second replica gives the same reply, feedback is kept once, a text has its id."""


class Nginx:
    def __init__(self, program: str, folder: Path, replicas: tuple[Replica, ...]) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        servers = "\n    ".join(f"server 127.0.0.1:{each.port} max_fails=1 fail_timeout=1s;" for each in replicas)
        user = "user root;" if os.getuid() == 0 else ""
        path = folder / "nginx.conf"
        path.write_text(CONFIGURATION.format(user=user, folder=folder, servers=servers, port=self.port))
        self._process = subprocess.Popen([program, "-p", str(folder), "-c", str(path)], stderr=subprocess.DEVNULL)
        wait_for("nginx runs", (folder / "nginx.pid").exists)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()


@pytest.fixture
def replicas(start: Start, broken: Postgres, redis_server: RedisServer) -> tuple[Replica, Replica]:
    """Two that share everything."""
    shared = {
        "database_url": broken.url,
        "redis_url": redis_server.url,
        "redis_milliseconds": "1000",
    }  # no fault: a busy machine
    return start(**shared), start(**shared)


@pytest.fixture
def nginx(replicas: tuple[Replica, Replica], tmp_path: Path) -> Iterator[Nginx]:
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip("nginx is not installed: apt install nginx-light")
    nginx = Nginx(program, tmp_path, replicas)
    yield nginx
    nginx.stop()


def is_asked(replica: Replica) -> bool:
    """Whether nginx has found it, since it was started."""
    return replica.metric("hai_faq_respond_seconds_count") > 0


def test_a_replica_is_killed_and_nobody_notices(
    replicas: tuple[Replica, Replica], nginx: Nginx, broken: Postgres
) -> None:
    with Patients(nginx.url) as patients:
        patients.go_on()
        replicas[0].kill()
        patients.go_on(20)
        replicas[0].start()
        wait_for("nginx asks it again", lambda: is_asked(replicas[0]))
        replicas[1].kill()
        patients.go_on(20)
    assert (patients.restarted, patients.refused["feedback"]) == (0, 0)
    assert_kept(broken.url, patients)


def test_a_release_that_replaces_one_replica_after_the_other_costs_nothing(
    replicas: tuple[Replica, Replica], nginx: Nginx, broken: Postgres
) -> None:
    with Patients(nginx.url) as patients:
        for replica in replicas:
            patients.go_on()
            assert replica.stop() == 0
            patients.go_on()
            replica.start()
            wait_for("nginx asks it again", lambda: is_asked(replica))  # noqa: B023 called in this round
    assert (patients.restarted, dict(patients.refused)) == (0, {})
    assert_kept(broken.url, patients)
