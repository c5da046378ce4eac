from dataclasses import replace
from pathlib import Path

import pytest

from app.loading.model_cache import VECTORS, ContentConfig, build, cached_near, hand_on, key, lend_vectors
from app.loading.training_sets import ENOUGH
from tests.conftest import config_of
from tests.loading.conftest import change


@pytest.fixture
def config(folder: Path, tmp_path: Path) -> ContentConfig:
    """Its cache is empty."""
    return config_of(folder, tmp_path / "cache")


def test_a_corrupt_cache_is_built_anew(config: ContentConfig) -> None:
    names = build(config).folder / "names.json"
    names.write_text("{}")
    assert build(config).folder == names.parent
    assert names.stat().st_size > 1000


def test_what_a_killed_fit_left_is_removed_by_the_next(config: ContentConfig) -> None:
    left = config.cache / "fitting-abc" / "complete"
    left.mkdir(parents=True)
    build(config)
    assert not left.parent.exists()


def test_the_two_newest_models_are_kept(config: ContentConfig, folder: Path) -> None:
    folders = [build(config).folder]
    for old, new in (("a small bulb", "a large bulb"), ("a large bulb", "no bulb")):
        change(folder, old, new)
        folders.append(build(config).folder)
    assert [path.is_dir() for path in folders] == [False, True, True]


def cached_folder(config: ContentConfig) -> Path | None:
    fitted = cached_near(config)
    return fitted.folder if fitted else None


def test_a_draft_is_read_by_the_model_of_its_own_wording_where_there_is_one(
    config: ContentConfig, folder: Path
) -> None:
    first = build(config).folder
    change(folder, "a small bulb", "a large bulb")
    second = build(config).folder
    change(folder, "a large bulb", "no bulb")
    assert cached_folder(config) == second
    change(folder, "no bulb", "a small bulb")
    assert cached_folder(config) == first


def test_vectors_are_lent_to_another_cache_where_there_are_any(config: ContentConfig, tmp_path: Path) -> None:
    other = replace(config, cache=tmp_path / "other")
    lend_vectors(config, other)
    assert not (other.cache / VECTORS).exists()
    config.cache.mkdir(exist_ok=True)
    (config.cache / VECTORS).write_bytes(b"vectors")
    lend_vectors(config, other)
    assert (other.cache / VECTORS).read_bytes() == b"vectors"


def test_another_risk_is_another_fit(config: ContentConfig) -> None:
    assert key(config) != key(replace(config, risk=0.01))


def test_a_model_is_handed_on_to_the_cache_of_another(
    folder: Path, cache: Path, tmp_path: Path, knowledge: object
) -> None:
    service = config_of(folder, tmp_path / "service")
    hand_on(config_of(folder, cache), service)
    assert build(service).folder.stat().st_mtime == (cache / key(service)).stat().st_mtime


def with_enough(folder: Path, id_: str) -> None:
    [path] = (path for path in (folder / "intents").rglob("*.yaml") if f"{id_}:\n" in path.read_text())
    lines = "".join(f"  - {id_} {number}\n" for number in range(ENOUGH))
    path.write_text(path.read_text().replace(f"{id_}:\n", f"{id_}:\n{lines}"))


@pytest.mark.parametrize(
    ("id_", "old", "new"),
    [
        ("lamp-bulb", "answer: The lamp has a small bulb.", "answer: The bulb is small."),
        ("nc-price", "title: what the lamp costs", "title: its price"),
    ],
)
def test_an_answer_or_a_title_beside_phrasings_enough_needs_no_fit(
    config: ContentConfig, folder: Path, id_: str, old: str, new: str
) -> None:
    with_enough(folder, id_)
    before = key(config)
    change(folder, old, new)
    assert key(config) == before


def test_an_answer_of_an_entry_with_few_phrasings_teaches_and_needs_a_fit(config: ContentConfig, folder: Path) -> None:
    before = key(config)
    change(folder, "answer: The lamp has a small bulb.", "answer: The bulb is small.")
    assert key(config) != before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("sms: The lamp is green.", "sms: It is green."),
        ("text: 'The greeting text.'", "text: 'Hello.'"),
        ("# ", "# another comment "),
    ],
)
def test_a_text_that_models_do_not_learn_needs_no_fit(config: ContentConfig, folder: Path, old: str, new: str) -> None:
    before = key(config)
    change(folder, old, new)
    assert key(config) == before


def test_a_question_and_a_phrasing_need_a_fit(config: ContentConfig, folder: Path) -> None:
    keys = [key(config)]
    change(folder, "question: What kind of bulb", "question: Which kind of bulb")
    keys.append(key(config))
    with_enough(folder, "lamp-bulb")
    assert len({*keys, key(config)}) == 3
