import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.content import files
from app.content.schema import Document
from app.content.yaml_file import read_yaml
from app.errors import ContentError


def wrong(folder: Path, old: str, new: str) -> str:
    """The error that faq.yaml gives once `old` is `new`."""
    path = folder / "faq.yaml"
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(ContentError) as caught:
        files.load_intents(folder, files.load_content(folder))
    return str(caught.value)


def test_the_fixture_loads(folder: Path) -> None:
    content = files.load_content(folder)
    intents = files.load_intents(folder, content)
    assert len(content.entries) == 6
    assert "where is the lamp" in intents.phrasings["lamp-place"]


@pytest.mark.parametrize(
    ("old", "new", "key", "problem"),
    [
        ("theme: lamp", "theme: moon", "entries.lamp-color.theme", "no theme moon"),
        ("answer: The lamp is green.", "answer: ''", "entries.lamp-color.answer", "is empty"),
        ("    answer: The lamp is green.\n", "", "entries.lamp-color.answer", "is missing"),
        ("sources: [lamp/top/1]", "sources: []", "entries.lamp-color.sources", "is empty"),
        ("sources: [lamp/top/1]", "sources: [lamp/nowhere/1]", "entries.lamp-color.sources.0", "no section"),
        ("sources: [lamp/top/1]", "sources: [lamp]", "entries.lamp-color.sources.0", "write a source as"),
        ("related: [lamp-switch, lamp-place]", "related: [sun]", "entries.lamp-color.related", "no other entry sun"),
        ("lamp-switch:", "lamp-color:", "entries.lamp-color", "stands twice"),
        ("lamp-bulb:", "nc-bulb:", "entries.nc-bulb", "must not start with nc-"),
        ("lamp is green.", "lamp is {colour}.", "entries.lamp-color.answer", "{colour} is not a placeholder"),
        ("  nc-price:", "  price:", "topics.price", "must start with nc-"),
        ("  greeting:", "  grating:", "scripts", "script greeting is missing"),
        ("safety: true, ", "", "scripts.emergency.safety", "must be true"),
        ("review: 2030-01-07", "review: soon", "entries.lamp-color.review", "date"),
        ("review: 2030-01-07", "review: 2030-02-30", "entries.lamp-color.review", "day is out of range for month"),
        ("review: 2030-01-07", "review: !!now 2030-01-07", "entries.lamp-color.review", "could not determine"),
        ("review: 2030-01-07", "reviewed: 2030-01-07", "entries.lamp-color.review", "is missing"),
        ("url: https://", "url: http://", "documents.lamp.url", "must be an address of https"),
    ],
)
def test_a_content_error_names_file_line_and_key(folder: Path, old: str, new: str, key: str, problem: str) -> None:
    error = wrong(folder, old, new)
    path, line, where, *what = error.split(":", 3)
    assert path.endswith("faq.yaml")
    assert int(line) > 0
    assert where.strip() == key
    assert problem in what[0]


@pytest.mark.parametrize(
    "url",
    [
        *("javascript:alert(1)", "https://", "https:///lamp", "https://example.org@elsewhere.example", "//example.org"),
        *("https://example.org/a b", 'https://example.org/"', "https://example.org/\u202e", "https://еxample.org"),
    ],
)
def test_the_link_to_a_document_is_an_address_that_shows_where_it_leads(url: str) -> None:
    with pytest.raises(ValidationError, match="must be an address of https"):
        Document(title="The Lamp", publisher="Ward", url=url, sections={})


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        ("greeting-es: {text: Hola.}", "must say who translated it"),
        ("greeting-fr: {text: Salut., translated_by: pending}", "is not a script that the service knows"),
        ("sms-first-es: {text: Hola., translated_by: pending}", "is not a script that the service knows"),
        ("fallback-es: {text: No., translated_by: pending, safety: true}", "must be false"),
    ],
)
def test_a_script_in_another_language_names_its_translator_and_one_that_is_known(
    folder: Path, script: str, problem: str
) -> None:
    faq = folder / "faq.yaml"
    name = script.split(":")[0]
    faq.write_text(re.sub(f"  {name}: .*\n", "", faq.read_text()).replace("scripts:\n", f"scripts:\n  {script}\n"))
    with pytest.raises(ContentError, match=problem):
        files.load_content(folder)


@pytest.mark.parametrize(
    ("tag", "language"),
    [("es", "es"), ("es-MX", "es"), ("ES", "es"), ("est", None), ("en", None), ("", None), (None, None)],
)
def test_a_tag_asks_for_a_language_that_the_content_has(folder: Path, tag: str | None, language: str | None) -> None:
    assert files.load_content(folder).read_in(tag) == language


def test_the_line_is_the_line_of_the_key(folder: Path) -> None:
    error = wrong(folder, "answer: The lamp is green.", "answer: ''")
    line = int(error.split(":")[1])
    assert (folder / "faq.yaml").read_text().splitlines()[line - 1].strip() == "answer: ''"


def test_bad_yaml_names_its_line(folder: Path) -> None:
    assert "bad YAML" in wrong(folder, "themes:", "themes: [")


def test_an_unknown_id_in_intents_is_an_error(folder: Path) -> None:
    path = folder / "intents" / "lamp.yaml"
    path.write_text(path.read_text() + "lamp-moon:\n  - is it the moon\n")
    with pytest.raises(ContentError, match=r"lamp\.yaml:\d+: lamp-moon: is not a known id"):
        files.load_intents(folder, files.load_content(folder))


def test_a_phrasing_that_stands_twice_is_an_error(folder: Path) -> None:
    path = folder / "intents" / "lamp.yaml"
    path.write_text(path.read_text() + "  - again\n  - again\n")
    with pytest.raises(ContentError, match="stands twice"):
        files.load_intents(folder, files.load_content(folder))


def test_phrasings_of_an_id_may_stand_in_two_files_but_no_line_twice(folder: Path) -> None:
    other = folder / "intents" / "other.yaml"
    other.write_text("lamp-color:\n  - which hue\n")
    phrasings = files.load_phrasings(folder, files.load_content(folder))["lamp-color"]
    assert {"what color is the lamp", "which hue"} <= set(phrasings)
    other.write_text("lamp-color:\n  - which hue\n  - what color is the lamp\n")
    with pytest.raises(ContentError, match=r"other\.yaml:3: lamp-color\.1: stands twice"):
        files.load_phrasings(folder, files.load_content(folder))


def test_an_entry_without_phrasings_is_an_error(folder: Path) -> None:
    (folder / "intents" / "not-covered" / "other.yaml").write_text("nc-other: [hello there]\n")
    with pytest.raises(ContentError, match="nc-price: has no phrasings"):
        files.load_intents(folder, files.load_content(folder))


def test_a_missing_file_is_a_content_error(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="cannot be read"):
        files.load_content(tmp_path)


def test_bytes_that_are_not_utf8_are_a_content_error(folder: Path) -> None:
    (folder / "faq.yaml").write_bytes(b"documents:\n  a: \xff\n")
    with pytest.raises(ContentError, match=r"faq\.yaml:2: is not UTF-8"):
        files.load_content(folder)


def test_words_that_yaml_reads_as_truth_stay_words(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("no: [yes, off, true]\n")
    assert read_yaml(path).data == {"no": ["yes", "off", True]}


def test_the_fingerprint_changes_with_any_byte(folder: Path) -> None:
    before = files.fingerprint(folder)
    lexicon = folder / "intents" / "lexicon.yaml"
    lexicon.write_text(lexicon.read_text() + "# a word\n")
    assert files.fingerprint(folder) != before


def test_small_talk_of_a_folder_is_read_beside_the_single_file(folder: Path) -> None:
    for name, text in {
        "general": "greeting: [good day]\n",
        "lamp": "greeting: [hello lamp]\nmore: [more light]\n",
    }.items():
        path = folder / "intents" / "smalltalk" / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    talk = files.load_smalltalk(folder)
    assert talk["greeting"] == ("good day", "hello lamp", "hello", "hi", "hey", "good morning")
    assert talk["more"][0] == "more light"
    assert files.load_phrasings(folder, files.load_content(folder)).keys() == files.load_content(folder).ids()


def test_a_folder_takes_the_place_of_the_single_file(folder: Path) -> None:
    for name in ("smalltalk", "lexicon"):
        single = folder / "intents" / f"{name}.yaml"
        before = single.read_text()
        single.unlink()
        path = folder / "intents" / name / "general.yaml"
        path.parent.mkdir()
        path.write_text(before)
    intents = files.load_intents(folder, files.load_content(folder))
    assert intents.smalltalk["thanks"] == ("thank you", "thanks")
    assert intents.lexicon.shorthand == {"u": "you", "wat": "what"}


def lexicon_beside(folder: Path, text: str) -> Path:
    path = folder / "intents" / "lexicon" / "own.yaml"
    path.parent.mkdir()
    path.write_text(text)
    return folder


def test_words_of_a_concept_may_stand_in_several_files(folder: Path) -> None:
    lexicon = files.load_lexicon(lexicon_beside(folder, "shorthand: {lite: light}\nconcepts: {lamp: [lantern]}\n"))
    assert lexicon.shorthand == {"lite": "light", "u": "you", "wat": "what"}
    assert lexicon.concepts["lamp"] == ("lantern", "lamp", "light")


def test_shorthand_of_two_files_is_an_error(folder: Path) -> None:
    lexicon_beside(folder, "shorthand:\n  u: us\n")
    with pytest.raises(ContentError, match=r"lexicon\.yaml:2: shorthand\.u: stands in another file too"):
        files.load_lexicon(folder)


def test_turns_of_conversations_are_follow_ups(folder: Path) -> None:
    (folder / "intents" / "conversations.yaml").write_text(
        "lamp-color:\n  lamp-place: [and where]\n  thanks: [oh nice]\n"
    )
    added = files.load_follow_ups(folder, files.load_content(folder))[-2:]
    assert [(each.means, each.after, each.lines) for each in added] == [
        ("lamp-place", ("lamp-color",), ("and where",)),
        ("thanks", ("lamp-color",), ("oh nice",)),
    ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [("gone: {lamp-place: [x]}", "no entry gone"), ("lamp-color: {gone: [x]}", "no entry, topic or small talk gone")],
)
def test_a_turn_of_what_is_not_there_is_an_error(folder: Path, content: str, problem: str) -> None:
    (folder / "intents" / "conversations.yaml").write_text(content)
    with pytest.raises(ContentError, match=problem):
        files.load_follow_ups(folder, files.load_content(folder))


def layer(folder: Path, name: str, **files_: str) -> None:
    for file, text in files_.items():
        path = folder / "intents" / "urgent" / name / f"{file}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


def test_the_layers_of_danger_are_read_as_one(folder: Path) -> None:
    layer(
        folder, "lamp", rules="marks: {treated: {any: [lamp was]}}\n", more="call-now:\n  hot: [the lamp is too hot]\n"
    )
    urgent = files.load_urgent(folder)
    assert urgent.rules.marks["treated"].any == ("chemo was", "lamp was")
    assert ("lamp", "more", "call-now", "hot", "the lamp is too hot") in urgent.lines
    assert {line.layer for line in urgent.lines} == {"general", "lamp"}


def test_each_layer_of_danger_has_a_seal_of_its_own(folder: Path) -> None:
    before = files.urgent_texts(folder)
    layer(folder, "lamp", more="call-now:\n  hot: [the lamp is too hot]\n")
    after = files.urgent_texts(folder)
    assert list(after) == ["urgent.general", "urgent.lamp"]
    assert after["urgent.general"] == before["urgent.general"]
    assert after["urgent.lamp"].startswith("# intents/urgent/lamp/more.yaml\n")


def test_a_file_of_danger_outside_a_layer_is_an_error(folder: Path) -> None:
    (folder / "intents" / "urgent" / "more.yaml").write_text("call-now:\n  hot: [too hot]\n")
    with pytest.raises(ContentError, match=r"more\.yaml.*belongs into a layer"):
        files.load_urgent(folder)


@pytest.mark.parametrize(
    ("costs", "problem"),
    [
        ("{missed: {crisis: 2}, netted: 0.3, net: 0.2}", "needs a cost for each of"),
        ("{missed: {emergency: 2, crisis: 2, call-now: 0}, netted: 0.3, net: 0.2}", "greater than or equal to 0.5"),
        ("{missed: {emergency: 2, crisis: 2, call-now: 2}, netted: 1.3, net: 0.2}", "less than 1"),
    ],
)
def test_costs_that_make_no_sense_are_an_error(folder: Path, costs: str, problem: str) -> None:
    path = folder / "intents" / "urgent" / "general" / "rules.yaml"
    path.write_text(f"costs: {costs}\n{path.read_text()}")
    with pytest.raises(ContentError, match=problem):
        files.load_urgent(folder)


@pytest.mark.parametrize(
    ("name", "rules", "problem"),
    [
        ("lamp", "cues: {past: [long ago]}\n", "cues.past: stands in another layer too"),
        ("lamp", "costs: {missed: {emergency: 2, crisis: 2, call-now: 2}, netted: 0.3, net: 0.2}\n", "belongs into"),
        ("my lamp", "marks: {}\n", "belongs into a layer of danger"),
        ("lamp", "doubts: {crisis: [{sign: end, alone: [end*]}]}\n", "`alone` takes whole words"),
    ],
)
def test_rules_that_would_change_another_layer_or_cannot_be_read_are_an_error(
    folder: Path, name: str, rules: str, problem: str
) -> None:
    layer(folder, name, rules=rules)
    with pytest.raises(ContentError, match=problem):
        files.load_urgent(folder)


def test_a_command_says_which_texts_it_drafted_and_can_draft_no_answer(folder: Path) -> None:
    path = folder / "faq.yaml"
    path.write_text(path.read_text().replace("    read_aloud:", "    drafted: [sms]\n    read_aloud:", 1))
    content = files.load_content(folder)
    assert content.entries["lamp-color"].drafted == ("sms",)
    assert not [key for key in content.texts() if "drafted" in key]
    assert "entries.lamp-color.drafted.1" in wrong(folder, "drafted: [sms]", "drafted: [sms, answer]")
