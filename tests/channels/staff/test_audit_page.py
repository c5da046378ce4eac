import csv
import io
import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.records import database
from app.records.audit import Act, Audit, Event
from app.settings import Settings
from tests.channels.staff.provider import Provider
from tests.channels.staff.signin.test_signin import audited, come_back
from tests.conftest import NOW

HTML = {"accept": "text/html"}


def audit_of(client: TestClient) -> Audit:
    audit: Audit = client.app.state.staff.audit  # type: ignore[attr-defined]
    return audit


def add(client: TestClient, *names: str, act: Act = "view", day: int = 0) -> None:
    for name in names:
        audit_of(client).add(Event(NOW + timedelta(days=day), name, act, f"about {name}"))


def names(page: str) -> list[str]:
    return re.findall(r"<td>about ([\w-]+)</td>", page)


def test_events_stand_there_the_newest_first_and_the_look_is_one_of_them(curator: TestClient) -> None:
    add(curator, "ann", "bob")
    page = curator.get("/staff/audit").text
    assert names(page) == ["bob", "ann"]
    assert page.index("<td>this machine</td><td>view</td><td>audit</td>") < page.index("about bob")
    assert 'aria-current="page">Who did what</a>' in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (f"first={NOW.date() + timedelta(days=1)}", ["cid"]),
        (f"last={NOW.date()}", ["bob", "ann"]),
        ("who=BO&act=&first=&last=", ["bob"]),
        ("act=view", ["bob", "ann"]),
        ("act=withhold&who=cid", ["cid"]),
        ("who=%00bob%00", ["bob"]),
    ],
)
def test_they_are_chosen_by_day_person_and_act(curator: TestClient, query: str, found: list[str]) -> None:
    add(curator, "ann", "bob")
    add(curator, "cid", act="withhold", day=1)
    assert names(curator.get(f"/staff/audit?{query}").text) == found
    exported = curator.get(f"/staff/audit.jsonl?{query}").text
    assert [json.loads(line)["who"] for line in exported.splitlines() if "about" in line] == found


def test_what_was_chosen_by_is_on_record_without_what_was_typed(curator: TestClient, staffed: Settings) -> None:
    curator.get("/staff/audit?who=bob&act=view&first=2026-07-01")
    curator.get("/staff/audit.csv?who=bob")
    assert audited(staffed)[-2:] == [
        ("this machine", "view", "audit 2026-07-01 by name view"),
        ("this machine", "export", "audit csv by name"),
    ]


def test_older_ones_follow_on_further_pages(curator: TestClient) -> None:
    add(curator, *(f"n-{number}" for number in range(120)))
    path, read = "/staff/audit?who=n-", []
    while path:
        page = curator.get(path).text
        read += names(page)
        path = "".join(re.findall(r'href="([^"]+)">Older', page)).replace("&amp;", "&")
    assert read == [f"n-{number}" for number in reversed(range(120))]


def test_a_table_for_spreadsheets_holds_no_formula_and_a_line_is_an_event(curator: TestClient) -> None:
    add(curator, "=1+1", "@x", 'Zoë, "Z"')
    sent = curator.get("/staff/audit.csv?act=view")
    assert sent.headers["content-disposition"].startswith('attachment; filename="audit-to-')
    rows = list(csv.reader(io.StringIO(sent.content.decode("utf-8-sig"))))
    assert rows[0] == ["time (UTC)", "who", "what", "about"]
    assert [row[1] for row in rows[1:]] == ['Zoë, "Z"', "'@x", "'=1+1"]
    lines = curator.get("/staff/audit.jsonl?act=view").text.splitlines()
    assert [json.loads(line)["who"] for line in lines] == ['Zoë, "Z"', "@x", "=1+1"]


@pytest.mark.parametrize("roles", ["lookup", "curator", "lookup curator"])
@pytest.mark.parametrize("path", ["/staff/audit", "/staff/audit.csv", "/staff/audit.jsonl"])
def test_without_the_role_there_is_no_link_and_a_plain_refusal(
    hospital: TestClient, provider: Provider, roles: str, path: str
) -> None:
    provider.claims = {"email": "ann@example.org", "roles": roles}
    hospital.get(come_back(hospital, provider))
    assert "/staff/audit" not in hospital.get("/staff").text
    refused = hospital.get(path, headers=HTML)
    assert refused.status_code == 403
    assert "for those who check who did what" in refused.text


def test_an_auditor_reads_no_patients_texts(hospital: TestClient, provider: Provider) -> None:
    provider.claims = {"email": "eve@example.org", "roles": "auditor"}
    hospital.get(come_back(hospital, provider))
    paths = ("/staff", "/staff/audit", "/staff/review", "/staff/insights")
    assert [hospital.get(path).status_code for path in paths] == [200, 200, 403, 403]


@pytest.mark.parametrize(
    "query", ["first=yesterday", "act=everything", "before=0", "before=x", f"who={'a' * 101}", "first=2026-02-30"]
)
def test_what_does_not_fit_is_refused(curator: TestClient, query: str) -> None:
    refused = curator.get(f"/staff/audit?{query}", headers=HTML)
    assert refused.status_code == 422
    assert "Something in the address does not fit" in refused.text


def test_what_is_on_record_is_shown_as_text(curator: TestClient) -> None:
    add(curator, "<script>alert(1)</script>")
    page = curator.get("/staff/audit", params={"who": "<script>"}).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("path", ["/staff/audit", "/staff/audit.csv", "/staff/audit.jsonl"])
def test_nothing_is_shown_that_cannot_be_put_on_record(curator: TestClient, path: str) -> None:
    app: Any = curator.app
    dead = database.connect("sqlite:////proc/nowhere/a.db")
    app.state.staff = replace(app.state.staff, audit=Audit(dead))
    refused = curator.get(path, headers=HTML)
    assert refused.status_code == 503
    assert "The records cannot be reached" in refused.text
    dead.dispose()
