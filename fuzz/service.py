"""The shipped content behind every door that the service has, on a port of this machine."""

import base64
import contextlib
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import SecretStr

from app.channels.http.protocol import HardenedProtocol
from app.main import create_app
from app.settings import Settings

TOKEN, SECRET, KEY = "1f" * 16, "generic-" + "s" * 32, Ed25519PrivateKey.from_private_bytes(b"k" * 32)
PUBLIC = "http://testserver"


def settings(folder: Path) -> Settings:
    """With every gateway, and staff who sign in by the link; nothing that is sent leaves this machine."""
    return Settings(
        _env_file=None,
        database_url=f"sqlite:///{folder / 'fuzz.db'}",
        phone_line="555-0100",
        oncall_line="555-0199",
        public_url=PUBLIC,
        secret=SecretStr("f5" * 20),
        sms_number_keys=(SecretStr("n" * 32),),
        twilio_auth_tokens=(SecretStr(TOKEN),),
        telnyx_public_keys=(base64.b64encode(KEY.public_key().public_bytes_raw()).decode(),),
        telnyx_api_key=SecretStr("KEY" + "0a" * 20),
        telnyx_api_url="http://127.0.0.1:9",
        sms_secrets=(SecretStr(SECRET),),
    )


@contextlib.contextmanager
def running() -> Iterator[str]:
    """The address of a service that lives as long as the block."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as port:
        port.bind(("127.0.0.1", 0))
        app = create_app(settings(Path(folder)))
        config = uvicorn.Config(
            app, http=HardenedProtocol, ws="none", log_config=None, server_header=False, proxy_headers=False
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [port]})
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port.getsockname()[1]}"
        server.should_exit = True
        thread.join()
