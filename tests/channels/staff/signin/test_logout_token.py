import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.channels.staff.signin.logout_token import EVENT, Logout, checked
from app.errors import ProviderError

NOW = 1_000_000.0
HEADER = {"alg": "RS256", "typ": "logout+jwt"}
CLAIMS: dict[str, Any] = {
    "iss": "https://id.example",
    "aud": "faq",
    "iat": NOW,
    "exp": NOW + 120,
    "jti": "t",
    "sub": "ann",
    "sid": "p",
    "events": {EVENT: {}},
}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


def read(header: dict[str, Any] | None = None, **changes: Any) -> Logout:
    claims = {name: value for name, value in (CLAIMS | changes).items() if value is not ...}
    return checked(HEADER if header is None else header, claims, "https://id.example", "faq", NOW)


def test_a_token_ends_the_session_that_it_names() -> None:
    assert read() == Logout("t", NOW, "ann", "p")
    assert read(sid=...) == Logout("t", NOW, "ann", "")
    assert read(sub=...) == Logout("t", NOW, "", "p")


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": ["faq", "other"]},
        {"exp": ...},
        {"iat": NOW - 300, "exp": NOW - 60},
        {"iat": NOW + 60},
        {"header": {}},
        {"header": {"typ": "JWT"}},
        {"header": {"typ": "application/logout+jwt"}},
        {"trace": 1},
    ],
)
def test_what_the_standard_allows_is_taken(changes: dict[str, Any]) -> None:
    assert read(**changes).person == "ann"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"iss": ...},
        {"aud": "other"},
        {"aud": []},
        {"aud": "faq other"},
        {"aud": ...},
        {"iat": NOW - 301},
        {"iat": NOW + 61},
        {"iat": ...},
        {"iat": True},
        {"iat": math.nan},
        {"iat": str(NOW)},
        {"exp": NOW - 61},
        {"exp": math.nan},
        {"exp": None},
        {"events": ...},
        {"events": {}},
        {"events": [EVENT]},
        {"events": {EVENT: True}},
        {"nonce": "n"},
        {"nonce": None},
        {"jti": ...},
        {"jti": ""},
        {"jti": 7},
        {"jti": "t" * 256},
        {"sub": ..., "sid": ...},
        {"sub": "", "sid": None},
        {"sub": ["ann"], "sid": {"p": 1}},
        {"header": {"typ": "at+jwt"}},
        {"header": {"typ": "id_token"}},
    ],
)
def test_any_other_token_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(
        ProviderError, match=r"^a logout token with a wrong (typ|iss|aud|iat|exp|events|nonce|jti|sub)$"
    ):
        read(**changes)


@given(st.sampled_from(sorted(CLAIMS)), ANYTHING)
def test_no_claim_of_another_shape_is_more_than_refused(name: str, value: Any) -> None:
    try:
        found = read(**{name: value})
    except ProviderError:
        return
    assert isinstance(found.person, str)
    assert isinstance(found.session, str)
    assert found.person or found.session
