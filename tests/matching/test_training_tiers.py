"""What a fit makes of labels that are tiers of danger: in the child process, as the service does it."""

from pathlib import Path

from app.matching.matcher import Matcher, Origin, TrainingSet, fit_together, load_together
from app.matching.utterance import Utterance
from app.matching.vocabulary import Lexicon
from app.text import parse

DANGER = ("blood everywhere", "so much blood", "it bleeds and bleeds", "bleeding will not stop", "blood on the floor")
CALM = ("the lamp is green", "where is the lamp", "how big is it", "a good day", "see you on friday", "the cat sleeps")


def fit(folder: Path, *examples: tuple[str, str]) -> Matcher:
    origins = {line: Origin(label, tuple(line.split(" and ")), is_evidence=label != "calm") for label, line in examples}
    own = TrainingSet(tuple((label, line, None) for label, line in examples), rest="calm", origins=origins)
    fit_together({"danger": own}, Lexicon(), folder / "model")
    return load_together(folder / "model")["danger"]


def probabilities(matcher: Matcher, text: str) -> dict[str, float]:
    return matcher.probabilities([Utterance(parse(text), matcher.model).whole])


def test_a_line_of_danger_is_likelier_of_its_tier_than_a_calm_one(tmp_path: Path) -> None:
    lines = [("emergency", line) for line in DANGER] + [("calm", line) for line in CALM]
    matcher = fit(tmp_path, *lines)
    bleeding, sleeping = (
        probabilities(matcher, text)["emergency"] for text in ("so much blood here", "the cat sleeps")
    )
    assert bleeding > 0.5 > sleeping
    assert list(matcher.phrasings) == ["emergency"]


def test_a_tier_of_one_line_that_a_fold_lacks_is_no_error(tmp_path: Path) -> None:
    lines = [("emergency", line) for line in DANGER] + [("calm", line) for line in CALM] + [("crisis", "i want to die")]
    chances = probabilities(fit(tmp_path, *lines), "i want to die")
    assert sum(chances.values()) > 0.999
    assert set(chances) == {"emergency", "calm", "crisis"}


def test_without_any_line_of_danger_all_is_calm(tmp_path: Path) -> None:
    assert probabilities(fit(tmp_path, *[("calm", line) for line in CALM]), "so much blood") == {"calm": 1.0}
