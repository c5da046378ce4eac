"""The department that `hai-faq new` begins with; what the shipped starter says of other departments is: nothing."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from app import lint, text
from app.content import approval, citations, files, starter
from app.content.starter import HOSPITAL, SERVICE, STARTER, Choices
from app.dialogue import engine, text_messages
from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Message, Reply, State
from app.dialogue.openers import Openers
from app.errors import ContentError
from app.lint import Draft
from app.loading.loader import load
from tests.conftest import NOW, config_of
from tests.starter import cut_starter

TODAY = date(2029, 3, 1)
SIX = frozenset({"es", "zh", "vi", "ar", "ru", "pt"})
OURS = Choices("Riverside Allergy Clinic", "Riverside Hospital", SIX)
GENERAL = STARTER.parent / "intents" / "urgent" / "general"
OF_THE_PUMP = re.compile(r"(?i:\b(?:pumps?|chemo|liver|hepatic|cancer|tumou?r|penn\b))|\bHAI\b")
ABROAD = re.compile(
    r"bomba|quimi|c[aá]ncer|câncer|h[ií]gado|fígado|bơm|ung thư|hóa trị|помп|хими|онколог|печен"
    r"|泵|化疗|癌|肝|مضخ|كيم|سرطان|كبد",
    re.IGNORECASE,
)


def no_check(folder: Path) -> None: ...


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cut_starter(tmp_path_factory.mktemp("cut") / "starter")


Create = Callable[[Choices], Path]


@pytest.fixture
def create(cut: Path, tmp_path: Path) -> Create:
    def create(choices: Choices) -> Path:
        starter.create(tmp_path / "clinic", choices, TODAY, no_check, cut)
        return tmp_path / "clinic"

    return create


@pytest.mark.parametrize("path", sorted(set(STARTER.rglob("*.*")) - set(STARTER.glob("intents/urgent/**/*"))), ids=str)
def test_nothing_but_danger_names_what_another_department_treats(path: Path) -> None:
    assert OF_THE_PUMP.findall(path.read_text(encoding="utf-8")) == []


def test_no_script_names_it_in_another_language() -> None:
    scripts = files.load_content(STARTER).scripts.values()
    assert [said for script in scripts for _, said in script.texts() if ABROAD.search(said)] == []


def test_the_starter_links_to_every_general_file_of_danger() -> None:
    linked = {path.name: path.resolve() for path in STARTER.glob("intents/urgent/general/*")}
    assert linked == {path.name: path.resolve() for path in GENERAL.iterdir()}


@pytest.mark.parametrize("question", ["when do you open", "are you open now", "where do i park"])
def test_no_greeting_takes_the_words_of_a_question_about_a_visit(question: str) -> None:
    message = text.parse(question)
    assert Openers.of(files.load_smalltalk(STARTER)).strip(message) is message


def test_a_department_carries_its_own_name_and_no_links(create: Create) -> None:
    folder = create(OURS)
    assert "questions about Riverside Allergy Clinic" in files.load_content(folder).scripts["greeting"].text
    written = [path.read_text(encoding="utf-8") for path in folder.rglob("*.*") if path.is_file()]
    assert not any(SERVICE in file or HOSPITAL in file for file in written)
    assert not any(path.is_symlink() for path in folder.rglob("*"))


def test_all_is_sealed_as_a_demonstration_by_the_command(create: Create) -> None:
    folder = create(OURS)
    content, lock = files.load_content(folder), approval.read_lock(folder / files.LOCK)
    assert lock.broken(files.sealed_texts(folder, content)) == {}
    assert {(seal.role, seal.by, seal.on) for seal in lock.texts.values()} == {("demo", "hai-faq new", TODAY)}
    document = (folder / "documents" / "clinic-page.txt").read_text()
    assert citations.drifted(content, "clinic-page", document, lock.paragraphs) == []


def test_lint_has_nothing_to_mend(create: Create) -> None:
    findings = lint.lint(Draft.read(create(OURS)), TODAY, timedelta(days=90))
    assert [str(finding) for finding in findings if finding.level == "error"] == []


def test_the_languages_that_were_not_chosen_are_dropped(create: Create) -> None:
    folder = create(Choices(languages=frozenset({"ru"})))
    content = files.load_content(folder)
    assert content.languages() == ("ru",)
    assert all(not entry.translations for entry in content.entries.values())
    assert files.load_intents(folder, content).languages.keys() == {"ru"}
    assert "\n      es:" not in (folder / "faq.yaml").read_text()


def test_danger_in_a_language_that_is_not_served_is_still_known(create: Create) -> None:
    folder = create(Choices())
    content = files.load_content(folder)
    assert content.languages() == ()
    assert {"es", "ru"} <= {line.file for line in files.load_intents(folder, content).urgent.lines}


@pytest.mark.parametrize("what", ["file", "folder", "link"])
def test_what_is_there_is_left_alone(cut: Path, tmp_path: Path, what: str) -> None:
    target = tmp_path / "clinic"
    if what == "folder":
        target.mkdir()
        (target / "notes.txt").write_text("mine")
    elif what == "file":
        target.write_text("mine")
    else:
        target.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ContentError, match="is there and not empty"):
        starter.create(target, OURS, TODAY, no_check, cut)
    assert list(tmp_path.iterdir()) == [target]


def test_an_empty_folder_is_filled(create: Create, tmp_path: Path) -> None:
    (tmp_path / "clinic").mkdir()
    assert (create(OURS) / "faq.yaml").is_file()


def test_the_folder_one_stands_in_may_be_filled(cut: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "clinic").mkdir()
    monkeypatch.chdir(tmp_path / "clinic")
    starter.create(Path(), OURS, TODAY, no_check, cut)
    assert (tmp_path / "clinic" / "faq.yaml").is_file()


def test_a_failure_leaves_nothing_behind(cut: Path, tmp_path: Path) -> None:
    def refuse(folder: Path) -> None:
        assert (folder / files.LOCK).is_file()
        raise ContentError(folder, 1, "script.greeting", "is too long")

    with pytest.raises(ContentError, match="too long"):
        starter.create(tmp_path / "clinic", OURS, TODAY, refuse, cut)
    assert list(tmp_path.iterdir()) == []


def test_without_the_starter_the_error_says_where_it_lies(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="runs from a copy of the repository"):
        starter.languages(tmp_path / "starter")


@pytest.mark.parametrize(
    "name", ["", "{site_name}", "a\nb: c", "Eyes: and ears", '"Quoted"', "- list", "x" * 61, "<b>"]
)
def test_a_name_of_signs_is_refused(name: str) -> None:
    if name == "a\nb: c":
        name = "a b: c"
    with pytest.raises(ValueError, match="begins with a letter"):
        starter.check_name(name)


@given(st.text(alphabet=st.sampled_from("aZ9éя中_ &'’.,()/-\n\t"), max_size=70))
def test_a_name_that_is_accepted_is_read_back_as_it_is(name: str) -> None:
    try:
        checked = starter.check_name(name)
    except ValueError:
        assume(False)
        return
    before = f'a: About {SERVICE}\nb: >-\n  {SERVICE} is\n  open.\nc: "{SERVICE}: {HOSPITAL}"\n'
    choices = Choices(checked, checked)
    assert yaml.safe_load(choices.in_text(before)) == choices.in_data(yaml.safe_load(before))


@pytest.fixture(scope="module")
def served(cut: Path, tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Knowledge:
    folder = tmp_path_factory.mktemp("served") / "clinic"
    starter.create(folder, OURS, TODAY, no_check, cut)
    return load(config_of(folder, cache))


def say(knowledge: Knowledge, said: str) -> Reply:
    return engine.respond(Message(said, "api"), State(), knowledge, NOW)[0]


@pytest.mark.parametrize(
    ("said", "id_"), [("when do you open", "opening-hours"), ("where can i park the car", "parking")]
)
def test_both_samples_are_answered(served: Knowledge, said: str, id_: str) -> None:
    reply = say(served, said)
    assert [answer.id for answer in reply.answers] == [id_]
    assert reply.answers[0].sources[0].publisher == "Riverside Hospital"


def test_small_talk_and_what_is_not_covered_have_words_of_the_service(served: Knowledge) -> None:
    assert "questions about Riverside Allergy Clinic" in say(served, "hello").text
    assert "approved information on what a visit costs" in say(served, "what does a visit cost me").text


@pytest.mark.parametrize(
    ("said", "begins"), [("i cant breathe", "Call 911 now"), ("no puedo respirar", "911: llame ahora")]
)
def test_danger_gets_the_general_text(served: Knowledge, said: str, begins: str) -> None:
    reply = say(served, said)
    assert reply.urgent
    assert begins in reply.text


def test_every_text_fits_into_two_text_messages(served: Knowledge) -> None:
    assert list(text_messages.misfits(served)) == []
