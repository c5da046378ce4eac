from typing import Any

import pytest
from pydantic import ValidationError

from app.settings import Settings


@pytest.mark.parametrize("secret", ["short", "changeme-changeme-changeme-changeme-changeme"])
def test_a_short_or_placeholder_secret_is_refused(secret: str) -> None:
    with pytest.raises(ValidationError, match="32 random characters"):
        Settings(_env_file=None, secret=secret)


def test_a_secret_is_never_printed() -> None:
    settings = Settings(_env_file=None, secret="x8" * 20)
    assert "x8x8" not in repr(settings)


def test_the_environment_sets_what_the_site_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAI_FAQ_PHONE_LINE", "555-0100")
    assert Settings(_env_file=None).site["phone_line"] == "555-0100"


@pytest.mark.parametrize("origin", ["*", "https://a.example/", "https://a.example/page", "a.example", "null"])
def test_an_origin_that_no_browser_sends_is_refused(origin: str) -> None:
    with pytest.raises(ValidationError, match="scheme and host only"):
        Settings(_env_file=None, allowed_origins=(origin,))


@pytest.mark.parametrize("proxy", ["caddy", "10.0.0.0/40", ""])
def test_a_proxy_is_an_address_or_a_network(proxy: str) -> None:
    with pytest.raises(ValidationError, match="trusted_proxies"):
        Settings(_env_file=None, trusted_proxies=(proxy,))


@pytest.mark.parametrize(
    ("given", "needed"),
    [
        ({"sms_secrets": ("s" * 32,)}, "HAI_FAQ_PUBLIC_URL"),
        ({"telnyx_api_key": "k"}, "HAI_FAQ_TELNYX_PUBLIC_KEYS"),
        ({"sms_number_keys": ("short",)}, "32 random characters"),
    ],
)
def test_text_messages_need_all_that_belongs_to_them(given: dict[str, Any], needed: str) -> None:
    with pytest.raises(ValidationError, match=needed):
        Settings(_env_file=None, **given)
