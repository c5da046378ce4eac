"""The departments in `examples/`: whole, sealed, true to their documents, and free of the shipped one."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from app import lint
from app.content import citations
from app.content.schema import CALM, GENERAL, TIERS
from app.lint import Draft

ROOT = Path(__file__).parent.parent
COLONOSCOPY = ROOT / "examples" / "colonoscopy"


@pytest.fixture(scope="module")
def draft() -> Draft:
    return Draft.read(COLONOSCOPY)


def test_the_example_has_no_error(draft: Draft) -> None:
    assert lint.errors(draft, date(2026, 12, 1), timedelta(days=90)) == []


def test_each_cited_paragraph_of_the_example_is_the_sealed_one(draft: Draft) -> None:
    document = (COLONOSCOPY / "documents" / "colonoscopy.txt").read_text("utf-8")
    assert citations.drifted(draft.content, "colonoscopy", document, draft.lock.paragraphs) == []


def test_each_entry_and_topic_of_the_example_has_ten_phrasings(draft: Draft) -> None:
    counts = {id_: len(draft.intents.phrasings[id_]) for id_ in draft.content.ids()}
    assert set(counts.values()) == {10}, counts


def test_no_text_of_the_example_names_the_shipped_department(draft: Draft) -> None:
    words = {word for text in draft.content.texts().values() for word in text.casefold().split()}
    assert not words & {"pump", "pump.", "hai", "chemo", "penn"}


def test_each_sign_of_the_example_has_twenty_phrasings_and_the_layer_as_many_calm_ones(draft: Draft) -> None:
    own = [line for line in draft.intents.urgent.lines if line.layer != GENERAL]
    tiers = Counter(line.tier for line in own)
    assert min(Counter(line.sign for line in own).values()) >= 20
    assert tiers[CALM] >= sum(tiers[tier] for tier in TIERS)


def test_what_any_department_has_is_linked_not_copied() -> None:
    names = ["languages.yaml", "lexicon/general.yaml", "smalltalk/general.yaml"]
    names += [f"urgent/{GENERAL}/{path.name}" for path in (ROOT / "intents" / "urgent" / GENERAL).glob("*.yaml")]
    for name in names:
        link = COLONOSCOPY / "intents" / name
        assert link.is_symlink()
        assert link.resolve() == ROOT / "intents" / name
