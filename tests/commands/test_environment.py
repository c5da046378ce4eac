import os
from pathlib import Path

import pytest

from app.commands.environment import read_settings
from app.errors import SettingsError


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"[" * 100_000, "cannot be read: RecursionError"),
        (b"\xff", "is no text"),
        (b"[", "HAI_FAQ_HANDOFFS: must be JSON"),
    ],
)
def test_a_setting_that_cannot_be_read_is_an_error_of_ours(tmp_path: Path, content: bytes, problem: str) -> None:
    (tmp_path / "hai_faq_handoffs").write_bytes(content)
    with pytest.raises(SettingsError, match=problem):
        read_settings({"HAI_FAQ_SECRETS_DIR": str(tmp_path)})


def test_a_giant_secret_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "hai_faq_handoffs").touch()
    os.truncate(tmp_path / "hai_faq_handoffs", 100 << 30)
    with pytest.raises(SettingsError):
        read_settings({"HAI_FAQ_SECRETS_DIR": str(tmp_path)})
