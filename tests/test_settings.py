import base64
from typing import Any

import pytest
from pydantic import ValidationError

from app.content import schema
from app.settings import Settings, misnamed


@pytest.mark.parametrize("secret", ["short", "changeme-changeme-changeme-changeme-changeme"])
def test_a_short_or_placeholder_secret_is_refused(secret: str) -> None:
    with pytest.raises(ValidationError, match="32 random characters"):
        Settings(_env_file=None, secret=secret)


SECRETS = {name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}
OTHERS = {"redis_url", "smtp_url", "oidc_client_secret"}
"""Addresses, and what the identity provider has made up and checks itself."""


@pytest.mark.parametrize("secret", ["", " " * 40, "changeme", "your_auth_token_goes_in_right_here", "x" * 40])
@pytest.mark.parametrize("name", sorted(SECRETS - OTHERS))
def test_no_secret_is_short_or_a_placeholder(name: str, secret: str) -> None:
    is_list = Settings.model_fields[name].default == ()
    with pytest.raises(ValidationError, match="32 random characters") as refused:
        Settings(_env_file=None, **{name: (secret,) if is_list else secret})  # type: ignore[arg-type]
    assert name in str(refused.value)
    assert not secret.strip() or secret not in str(refused.value)


def test_the_secrets_of_gateways_are_secrets() -> None:
    assert {"twilio_auth_tokens", "telnyx_api_key", "sms_secrets", "sms_number_keys", "sms_opt_out_secret"} <= SECRETS


SMALL_ORDER = (
    *(bytes(32), b"\x01" + bytes(31), b"\xec" + b"\xff" * 30 + b"\x7f"),
    *(bytes.fromhex(f"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc{sign}") for sign in ("05", "85")),
    *(bytes.fromhex(f"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03{sign}") for sign in ("7a", "fa")),
)
"""Under these points anybody can sign for Ed25519, most messages or all of them."""


@pytest.mark.parametrize("key", ["", "changeme", "k" * 44, *(base64.b64encode(key).decode() for key in SMALL_ORDER)])
def test_a_public_key_of_telnyx_is_one_under_which_only_telnyx_signs(key: str) -> None:
    with pytest.raises(ValidationError, match="must be a public key as Telnyx shows it") as refused:
        Settings(_env_file=None, telnyx_public_keys=(key,))
    assert "telnyx_public_keys" in str(refused.value)
    assert len(key) < 9 or key not in str(refused.value)


OIDC = {
    "oidc_issuer": "https://id.hospital.example",
    "oidc_client_id": "hai-faq",
    "public_url": "https://faq.hospital.example",
    "secret": "a9" * 20,
}


def test_a_secret_is_never_printed() -> None:
    settings = Settings(_env_file=None, secret="x8" * 20)
    assert "x8x8" not in repr(settings)


@pytest.mark.parametrize(
    "url",
    [
        "http://:hunter2@a.example",
        "redis://:hunter2/x@a.example",
        "redis://:hunter2@a.example?hunter2=1",
        "rediss://:hunter2@a.example?ssl_cert_reqs=hunter2",
    ],
)
def test_a_wrong_url_of_redis_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ValidationError, match="must be redis://") as refused:
        Settings(_env_file=None, redis_url=url, secret="x8" * 20)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("url", ["redis://a", "rediss://user:word@a.example:6380/2", "unix:///run/redis.sock?db=1"])
def test_redis_is_reached_by_tcp_tls_or_a_socket(url: str) -> None:
    assert Settings(_env_file=None, redis_url=url, secret="x8" * 20).redis_url is not None


def test_replicas_that_share_redis_share_a_secret() -> None:
    with pytest.raises(ValidationError, match="needs HAI_FAQ_SECRET"):
        Settings(_env_file=None, redis_url="redis://127.0.0.1:6379/0")


def test_the_environment_sets_what_the_site_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAI_FAQ_PHONE_LINE", "555-0100")
    assert Settings(_env_file=None).site["phone_line"] == "555-0100"


@pytest.mark.parametrize(
    "origin", ["*", "https://a.example//", "https://a.example/page", "a.example", "null", "file://"]
)
def test_an_origin_that_no_browser_sends_is_refused(origin: str) -> None:
    with pytest.raises(ValidationError, match="scheme and host only"):
        Settings(_env_file=None, allowed_origins=(origin,))


@pytest.mark.parametrize("host", ["https://a.example", "a.example/", "*", "*.org", "a b", "me@a.example", ""])
def test_a_host_of_links_is_a_name_and_no_end_that_is_everybodys(host: str) -> None:
    with pytest.raises(ValidationError, match="must be a host only"):
        Settings(_env_file=None, link_hosts=(host,))


def test_hosts_of_links_are_taken_in_any_case_and_reach_the_content() -> None:
    settings = Settings(_env_file=None, link_hosts=("WWW.a.example", "*.b.example", "c.example:8443"))
    assert settings.content_config.link_hosts == ("www.a.example", "*.b.example", "c.example:8443")


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("https://a.example:443", "https://a.example"),
        ("http://a.example:80/", "http://a.example"),
        ("HTTPS://Www.A.example", "https://www.a.example"),
        ("https://a.example:80", "https://a.example:80"),
        ("https://a.example:8443", "https://a.example:8443"),
        ("capacitor://localhost", "capacitor://localhost"),
        ("ionic://localhost/", "ionic://localhost"),
    ],
)
def test_an_origin_becomes_what_browsers_send(given: str, sent: str) -> None:
    assert Settings(_env_file=None, allowed_origins=(given,)).allowed_origins == (sent,)


@pytest.mark.parametrize(
    "url",
    ["faq.example", "https://", "ftp://faq.example", "https://faq.example/?a=b", "https://faq.example#a",
     "https://ann:word@faq.example", "https://faq.example/../x", "https://faq.example/a b", 'https://faq.example/"',
     "/"],
)  # fmt: skip
def test_a_public_url_that_links_cannot_be_made_of_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="must be a scheme and a host, and a path at most"):
        Settings(_env_file=None, public_url=url)


@pytest.mark.parametrize("url", ["https://faq.example", "https://www.example:8443/pump", "http://[::1]:8000/a/b.c"])
def test_a_slash_at_the_end_of_the_public_url_is_harmless(url: str) -> None:
    assert Settings(_env_file=None, public_url=url).public_url == url
    assert Settings(_env_file=None, public_url=f"{url}/").public_url == url
    assert Settings(_env_file=None, public_url="").public_url == ""


@pytest.mark.parametrize("proxy", ["caddy", "10.0.0.0/40", ""])
def test_a_proxy_is_an_address_or_a_network(proxy: str) -> None:
    with pytest.raises(ValidationError, match="trusted_proxies"):
        Settings(_env_file=None, trusted_proxies=(proxy,))


@pytest.mark.parametrize(
    ("given", "needed"),
    [
        ({"sms_secrets": ("s" * 32,)}, "HAI_FAQ_PUBLIC_URL"),
        ({"telnyx_api_key": "k" * 32}, "HAI_FAQ_TELNYX_PUBLIC_KEYS"),
        ({"sms_number_keys": ("short",)}, "32 random characters"),
    ],
)
def test_text_messages_need_all_that_belongs_to_them(given: dict[str, Any], needed: str) -> None:
    with pytest.raises(ValidationError, match=needed):
        Settings(_env_file=None, **given)


def test_a_gateway_for_text_messages_needs_scripts_of_the_content() -> None:
    with_gateway = {"sms_secrets": ("s" * 32,), "public_url": "https://faq.example", "sms_number_keys": ("n" * 32,)}
    assert Settings(_env_file=None, **with_gateway).content_config.scripts == schema.SMS  # type: ignore[arg-type]
    assert Settings(_env_file=None).content_config.scripts == ()


@pytest.mark.parametrize(
    ("values", "sign_in"),
    [
        ({}, "link"),
        ({"host": "0.0.0.0"}, "off"),  # noqa: S104 the point of it
        ({"host": "0.0.0.0", "staff": "link"}, "link"),  # noqa: S104
        ({"staff": "off"}, "off"),
        (OIDC, "oidc"),
    ],
)
def test_staff_sign_in_follows_from_what_is_set(values: dict[str, object], sign_in: str) -> None:
    assert Settings(_env_file=None, **values).sign_in == sign_in  # type: ignore[arg-type]


@pytest.mark.parametrize("missing", ["oidc_client_id", "public_url", "secret"])
def test_a_provider_needs_all_of_its_settings(missing: str) -> None:
    with pytest.raises(ValidationError, match="sign-in by OIDC needs"):
        Settings(_env_file=None, **{name: value for name, value in OIDC.items() if name != missing})  # type: ignore[arg-type]


def test_mail_needs_a_server() -> None:
    with pytest.raises(ValidationError, match="HAI_FAQ_SMTP_URL"):
        Settings(_env_file=None, owner_email="owner@example.org")


def test_hand_overs_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAI_FAQ_HANDOFFS", '[{"label": "Billing", "topics": ["nc-cost"], "extension": "4-1200"}]')
    (billing,) = Settings(_env_file=None).handoffs
    assert (billing.label, billing.topics, billing.extension) == ("Billing", ("nc-cost",), "4-1200")


def test_a_hand_over_with_an_unknown_key_is_refused() -> None:
    with pytest.raises(ValidationError, match="extention"):
        Settings(_env_file=None, handoffs=[{"label": "Billing", "extention": "4-1200"}])


@pytest.mark.parametrize("line", ["extension 4-1200", "", "--", "215-555-0100, option 2"])
def test_the_line_of_a_hand_over_is_a_number_that_patients_can_dial(line: str) -> None:
    with pytest.raises(ValidationError, match="must be a number that a telephone dials"):
        Settings(_env_file=None, handoffs=[{"label": "Billing", "line": line}])


@pytest.mark.parametrize("url", ["http://hospital.example/chat", "hospital.example", "javascript:alert(1)"])
def test_the_contact_form_of_a_site_is_an_address_of_https(url: str) -> None:
    with pytest.raises(ValidationError, match="must be an address of https"):
        Settings(_env_file=None, contact_url=url)


@pytest.mark.parametrize(
    "url", ["garbage", "mysql://root:hunter2@db/x", "sqlite://var/x.db", "postgresql://u:hunter2@db:port/x"]
)
def test_a_store_that_is_none_of_ours_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ValidationError, match="must be sqlite:///file or postgresql://") as refused:
        Settings(_env_file=None, database_url=url)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("url", ["sqlite:////data/x.db", "postgresql://u:p@db/x", "postgresql+psycopg://db:5432/x"])
def test_a_store_is_sqlite_or_postgresql(url: str) -> None:
    assert Settings(_env_file=None, database_url=url).database_url == url


@pytest.mark.parametrize("url", ["hooks.example", "ftp://hooks.example", "https://", "https://hooks.example:port/"])
def test_a_webhook_is_a_url_of_the_web(url: str) -> None:
    with pytest.raises(ValidationError, match="http or https"):
        Settings(_env_file=None, owner_webhook=url)


def test_what_kubernetes_and_compose_set_is_no_slip() -> None:
    theirs = ["HAI_FAQ_SERVICE_HOST", "HAI_FAQ_SERVICE_PORT", "HAI_FAQ_PORT_8000_TCP_ADDR", "HAI_FAQ_HOSTNAME"]
    assert misnamed(["PATH", "HAI_FAQ_HANDOFFS", "HAI_FAQ_SECRETS_DIR", "HAI_FAQ_HANDOFS", *theirs]) == [
        "HAI_FAQ_HANDOFS"
    ]


@pytest.mark.parametrize("url", ["http://hospital.example/told", "http://10.0.0.9", "ftp://hospital.example", "told"])
def test_a_webhook_that_is_told_telephone_numbers_is_https(url: str) -> None:
    with pytest.raises(ValidationError, match="sms_opt_out_webhook"):
        Settings(_env_file=None, sms_opt_out_webhook=url, sms_opt_out_secret="8b" * 20)
