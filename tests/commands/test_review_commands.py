"""One run of `review apply` over four proposals: each fit takes seconds."""

import io
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from app.cli import main
from app.content import files
from app.content.yaml_file import read_yaml
from app.dialogue import engine as dialogue
from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Message, State
from app.loading import model_cache
from app.loading.loader import load
from app.loading.model_cache import ContentConfig
from app.records.audit import Audit
from app.records.database import connect, migrate
from app.records.proposals import Kind, Proposal, Proposals
from tests.conftest import FIXTURE, NOW, config_of, seal

LABELLED: list[dict[str, Any]] = [
    {"text": "what color is this lamp", "accept": ["lamp-color"]},
    {"text": "where does the lamp stand now", "accept": ["lamp-place"]},
    {"text": "what is the price of this lamp", "accept": []},
    {"text": "how much did the ward pay for the lamp", "accept": []},
    {"text": "i cant breathe", "expect": "emergency"},
    {"text": "i had a fever last year", "expect": "calm"},
]
GOOD = ("does the glow flicker", "why does the glow flicker", "flickering glow", "glow that flickers all night")
HARM = ("price of this lamp", "the price of this lamp here", "what price is this lamp", "is this the price of the lamp")
TOPIC = ("is there a radio", "radio by the bed", "can i hear the radio", "where is the radio", "what stations are on")


class Meddling(io.BytesIO):
    """Says yes, and changes a file while it is asked."""

    def __init__(self, path: Path) -> None:
        super().__init__(b"y\n")
        self._path = path

    def read1(self, size: int | None = -1, /) -> bytes:
        self._path.write_text(self._path.read_text() + "# by hand\n")
        return super().read1(-1 if size is None else size)


@dataclass(frozen=True)
class Ward:
    place: ContentConfig
    store: Engine
    labelled: Path

    def run(self, *args: str, input: str | IO[bytes] | None = None) -> Result:
        environment = {
            "HAI_FAQ_CONTENT_DIR": str(self.place.content),
            "HAI_FAQ_CACHE_DIR": str(self.place.cache),
            "HAI_FAQ_DATABASE_URL": f"sqlite:///{self.store.url.database}",
            "HAI_FAQ_PHONE_LINE": "555-0100",
            "HAI_FAQ_RISK": "0.05",
        }
        return CliRunner().invoke(main, ["review", *args], env=environment, input=input)

    def propose(self, target: str, lines: tuple[str, ...], kind: Kind = "phrasing", title: str = "") -> None:
        Proposals(self.store).add(Proposal(NOW, "Cora", kind, target, title, lines, ()))


@pytest.fixture(scope="module")
def ward(cache: Path, knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ward]:
    root = tmp_path_factory.mktemp("ward")
    shutil.copytree(FIXTURE, root / "content")
    seal(root / "content")
    (root / "cases.jsonl").write_text("\n".join(map(json.dumps, LABELLED)))
    store = connect(f"sqlite:///{root / 'review.db'}")
    migrate(store)
    yield Ward(config_of(root / "content", cache), store, root / "cases.jsonl")
    store.dispose()


@pytest.fixture(scope="module")
def applied(ward: Ward) -> Result:
    """A good proposal, a topic, a harmful one and one of danger."""
    ward.propose("lamp-bulb", GOOD)
    ward.propose("nc-radio", TOPIC, "topic", "a radio on the ward")
    ward.propose("lamp-color", HARM)
    ward.propose("lamp-hours", ("i cant breathe at night",))
    assert "4 open" in ward.run("list").output
    return ward.run("apply", "--eval", str(ward.labelled), "--by", "Rita", input="y\n")


def open_ids(ward: Ward) -> list[int]:
    return [proposal.id for proposal in Proposals(ward.store).open()]


def applications(ward: Ward) -> int:
    return sum(event.act == "apply" for event in Audit(ward.store).all())


def test_a_good_proposal_is_added_and_no_list_of_a_person_is_touched(ward: Ward, applied: Result) -> None:
    intents = ward.place.content / "intents"
    assert read_yaml(intents / "reviewed.yaml").data["lamp-bulb"] == list(GOOD)
    assert (intents / "lamp.yaml").read_bytes() == (FIXTURE / "intents" / "lamp.yaml").read_bytes()


def test_what_was_added_is_answered_at_the_next_load_without_another_fit(ward: Ward, applied: Result) -> None:
    assert (ward.place.cache / model_cache.key(ward.place)).is_dir()
    reply, _ = dialogue.respond(Message(GOOD[0]), State(), load(ward.place), NOW)
    assert [answer.id for answer in reply.answers] == ["lamp-bulb"]


def test_a_harmful_proposal_is_refused_with_the_message_that_went_wrong(ward: Ward, applied: Result) -> None:
    refused = Proposals(ward.store).latest()[1]
    assert (refused.target, refused.state) == ("lamp-color", "refused")
    assert "answered though nothing covers it: 1 moved, not by chance" in refused.reason
    assert f"cases: '{LABELLED[2]['text']}': out/declined -> ANSWERED lamp-color" in refused.reason


def test_a_phrasing_of_danger_is_refused_before_anything_is_fitted(ward: Ward, applied: Result) -> None:
    assert "Line 1 sounds like danger" in Proposals(ward.store).latest()[0].reason
    assert "trying 1, 2, 3\n" in applied.output


def test_a_new_topic_waits_for_the_seal_of_its_title(ward: Ward, applied: Result) -> None:
    assert "hai-faq approve title.nc-radio" in applied.output
    assert files.load_content(ward.place.content).topics["nc-radio"].title == "a radio on the ward"
    assert "title.nc-radio" in load(ward.place).approved.withheld


def test_all_are_settled_listed_and_audited(ward: Ward, applied: Result) -> None:
    listed = ward.run("list").output
    assert f"applied by Rita on {datetime.now(UTC):%Y-%m-%d}: 1 lamp-bulb: 4 phrasings, proposed by Cora on" in listed
    assert re.search(r"refused by Rita on .*: 3 lamp-color: 4 phrasings, .*\n  answered though", listed)
    events = [(event.who, event.act, event.subject) for event in Audit(ward.store).all()]
    assert ("Rita", "try", "3 lamp-color") in events
    assert ("Rita", "apply", "3 lamp-color: refused, proposed by Cora") in events


def test_what_stands_there_already_is_applied_without_a_trial(ward: Ward, applied: Result) -> None:
    ward.propose("lamp-bulb", GOOD)
    output = ward.run("apply", "--eval", str(ward.labelled), "--yes", "--by", "Rita").output
    assert "stands already: 5 lamp-bulb" in output
    assert "1 applied, 0 refused" in output
    assert "trying" not in output
    assert ward.run("apply").output == "no proposal is open\n"


def test_a_refused_proposal_is_settled_with_the_reason_and_audited(ward: Ward, applied: Result) -> None:
    ward.propose("lamp-color", ("hue of the shade",))
    id_ = open_ids(ward)[-1]
    assert ward.run("refuse", str(id_), "--why", "we say color", "--by", "Rita").exit_code == 0
    assert id_ not in open_ids(ward)
    assert Proposals(ward.store).latest()[0].reason == "we say color"
    last = Audit(ward.store).all()[-1]
    assert (last.who, last.act, last.subject) == ("Rita", "refuse", f"{id_} lamp-color")


@pytest.mark.parametrize("command", [("refuse", "1", "--why", "late"), ("apply", "1", "--yes", "--by", "Rita")])
def test_what_is_settled_can_be_named_no_more(ward: Ward, applied: Result, command: tuple[str, ...]) -> None:
    refused = ward.run(*command)
    assert refused.exit_code == 2
    assert "no proposal is open of the id 1" in refused.output


def test_only_the_named_are_tried(ward: Ward, applied: Result) -> None:
    ward.propose("lamp-bulb", GOOD)
    ward.propose("lamp-color", ("hue of the shade",))
    first, second = open_ids(ward)[-2:]
    named = ("apply", str(first), "--eval", str(ward.labelled), "--yes", "--by", "Rita")
    assert "1 applied, 0 refused" in ward.run(*named).output
    assert second in open_ids(ward)
    ward.run("refuse", str(second), "--why", "enough")


def test_hints_are_shown_before_it_asks(ward: Ward, applied: Result) -> None:
    assert applied.output.index("Write 10 phrasings or more") < applied.output.index("do so?")


def test_a_write_that_is_refused_leaves_proposals_open_and_no_trace(ward: Ward, applied: Result) -> None:
    ward.propose("lamp-bulb", ("flickers now and then",))
    before, events = open_ids(ward), applications(ward)
    answer = Meddling(ward.place.content / "intents" / "lexicon.yaml")
    refused = ward.run("apply", str(before[-1]), "--eval", str(ward.labelled), "--by", "Rita", input=answer)
    assert "has changed meanwhile" in refused.output
    assert (refused.exit_code, open_ids(ward), applications(ward)) == (1, before, events)
    ward.run("refuse", str(before[-1]), "--why", "enough")


def test_a_dry_run_says_why_for_curators_too_and_changes_no_content(ward: Ward, applied: Result) -> None:
    ward.propose("lamp-color", ("lamp of the price",))
    assert "not tried yet" in ward.run("list").output
    before = files.fingerprint(ward.place.content), open_ids(ward)
    output = ward.run("apply", "--eval", str(ward.labelled), "--dry-run").output
    assert "the words 'lamp of the price' stand under lamp-color, nc-price" in output
    assert (files.fingerprint(ward.place.content), open_ids(ward)) == before
    (tried,) = Proposals(ward.store).latest(1)
    assert "stand under lamp-color, nc-price" in tried.harm
    assert tried.tried_version == load(ward.place).version
    assert f"against content {tried.tried_version}: " in ward.run("list").output


def test_who_proposed_does_not_apply(ward: Ward, applied: Result) -> None:
    ward.propose("lamp-color", ("what tint is on it",))
    id_ = open_ids(ward)[-1]
    for by in ("Cora", "CORA ", "cora@example.org"):
        refused = ward.run("apply", str(id_), "--eval", str(ward.labelled), "--yes", "--by", by)
        assert refused.exit_code == 1
        assert f"left open: {id_} lamp-color: 1 phrasings: proposed by Cora" in refused.output
    assert id_ in open_ids(ward)
    assert "say with --by who applies" in ward.run("apply", str(id_), "--yes").output
    ward.run("refuse", str(id_), "--why", "enough")


def test_what_was_written_by_hand_is_not_settled_by_who_proposed_it(ward: Ward, applied: Result) -> None:
    ward.propose("lamp-bulb", GOOD[:2])
    id_ = open_ids(ward)[-1]
    assert ward.run("apply", str(id_), "--eval", str(ward.labelled), "--yes", "--by", "cora").exit_code == 1
    ward.run("apply", str(id_), "--eval", str(ward.labelled), "--yes", "--by", "Rita")
    (settled,) = Proposals(ward.store).latest(1)
    assert (settled.state, settled.by, settled.settled_by) == ("applied", "Cora", "Rita")


def test_without_labelled_messages_nothing_is_tried(ward: Ward, applied: Result) -> None:
    ward.propose("lamp-color", ("hue of it",))
    refused = ward.run("apply", "--dry-run")
    assert refused.exit_code == 2
    assert "say with --eval" in refused.output
