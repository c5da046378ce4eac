import math
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.dialogue.knowledge import Knowledge
from app.errors import FitError
from app.matching.confidence import Kind
from app.matching.matcher import Matcher

QUESTIONS = ["what color is the lamp", "where does the lamp stand", "who looks after the lamp", "lamp switch"]


def best(knowledge: Knowledge, text: str) -> str:
    return knowledge.matcher.rank(text)[0].id


@pytest.mark.parametrize("text", QUESTIONS)
def test_case_punctuation_and_spaces_do_not_change_the_answer(knowledge: Knowledge, text: str) -> None:
    for variant in (text.upper(), f"{text} !!", text.replace(" ", "   "), f"  {text}\n"):
        assert best(knowledge, variant) == best(knowledge, text)


def test_a_slip_in_a_word_does_not_change_the_answer(knowledge: Knowledge) -> None:
    assert best(knowledge, "what colro is the lapm") == "lamp-color"


def test_confidences_are_probabilities_best_first(knowledge: Knowledge) -> None:
    ranked = knowledge.matcher.rank("where is the lamp", limit=4)
    confidences = [candidate.confidence for candidate in ranked]
    assert confidences == sorted(confidences, reverse=True)
    assert all(0 <= each <= 1 for each in confidences)


@pytest.mark.parametrize(
    ("text", "kind"), [("where lamp bulb kind", "entry"), ("lamp price", "not-covered"), ("thank nurse", "talk")]
)
def test_a_topic_is_sure_from_the_calibrated_threshold_of_its_kind_on(
    knowledge: Knowledge, text: str, kind: Kind
) -> None:
    """A fixed bar in its place, such as 0.3, would answer near misses."""
    matcher, best = knowledge.matcher, knowledge.matcher.rank(text)[0]
    assert best.kind == kind
    for bar, sure in ((best.confidence, True), (math.nextafter(best.confidence, 1), False)):
        thresholds = {**matcher.calibration.thresholds, kind: bar}
        moved = replace(matcher, calibration=replace(matcher.calibration, thresholds=thresholds))
        assert moved.rank(text)[0].sure is sure


def test_a_text_without_a_known_word_ranks_nothing(knowledge: Knowledge) -> None:
    assert knowledge.matcher.rank("xyzzy plugh") == []
    assert knowledge.matcher.rank("") == []


def test_why_names_the_nearest_phrasing_and_the_shared_words(knowledge: Knowledge) -> None:
    why = knowledge.matcher.explain("where is that lamp", "lamp-place")
    assert why.phrasing == "where is the lamp"
    assert why.likeness > 0.8
    assert "lamp" in why.words


@settings(max_examples=50)
@given(st.text(max_size=400))
def test_any_text_can_be_ranked(text: str) -> None:
    assert isinstance(SMALL.rank(text), list)


EXAMPLES = [(topic, f"{verb} the {topic}") for topic in ("door", "cup", "hat") for verb in ("open", "wash", "find")]
SMALL = Matcher.fit(EXAMPLES)


def test_without_not_covered_topics_it_still_calibrates() -> None:
    assert SMALL.rank("wash the cup please")[0].id == "cup"
    assert 0 < SMALL.threshold <= 1


def test_two_fits_of_the_same_examples_are_the_same() -> None:
    again = Matcher.fit(EXAMPLES)
    assert (again.model.weights == SMALL.model.weights).all()
    assert again.threshold == SMALL.threshold


def test_a_fit_says_so_before_it_begins(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "app.matching.matcher"):
        Matcher.fit(EXAMPLES)
    assert caplog.messages[0] == "fitting the models, one to three minutes"
    assert "done; at its peak" in caplog.messages[-1]


def test_a_fit_without_examples_is_an_error() -> None:
    with pytest.raises(FitError):
        Matcher.fit([])


def test_where_the_fitting_library_was_left_out_a_fit_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(FitError, match="scikit-learn is not here"):
        Matcher.fit(EXAMPLES)


def test_the_service_never_loads_the_fitting_library() -> None:
    code = "import sys, app.cli; sys.exit('sklearn' in sys.modules or 'scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_cross_validation_tells_for_which_topics_phrasings_were_taken(knowledge: Knowledge) -> None:
    confusions = knowledge.matcher.confusions
    assert set(confusions) <= set(knowledge.matcher.labels)
    assert confusions["lamp-bulb"].tried == len(knowledge.matcher.phrasings["lamp-bulb"].texts)
    own = max(confusions.values(), key=lambda own: own.share)
    assert 0 < own.share == own.missed / own.tried <= 1
    assert set(own.taken_for) < set(knowledge.matcher.labels)
