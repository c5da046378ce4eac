import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from app.content import approval, files, markup
from app.dialogue import approved
from app.dialogue.approved import ApprovedTexts, fill
from app.dialogue.messages import Answer
from app.errors import ApprovalError
from tests.conftest import GUIDE, give_form, seal


def approve(folder: Path) -> ApprovedTexts:
    lock = approval.read_lock(folder / files.LOCK)
    urgent = files.urgent_texts(folder)
    return approved.approve(files.load_content(folder), lock, urgent, {}, {}, timedelta(days=90))


def change(folder: Path, old: str, new: str) -> None:
    path = folder / "faq.yaml"
    path.write_text(path.read_text().replace(old, new, 1))


def test_a_sentence_with_an_unset_placeholder_is_left_out_whole() -> None:
    said = "Ask a nurse. The line is {phone_line}. Take care."
    assert fill(said, {}) == "Ask a nurse. Take care."
    assert fill(said, {"phone_line": "555-0100"}) == "Ask a nurse. The line is 555-0100. Take care."


def test_chinese_sentences_end_without_a_space() -> None:
    said = "请拨打911。电话：{phone_line}。 这是自动服务。"
    assert fill(said, {}) == "请拨打911。这是自动服务。"
    assert fill(said, {"phone_line": "555-0100"}) == "请拨打911。电话：555-0100。 这是自动服务。"


def test_a_safety_text_that_would_say_nothing_stops_everything(folder: Path) -> None:
    lines = (folder / "faq.yaml").read_text().splitlines()
    place = next(n for n, line in enumerate(lines) if line.startswith("  emergency:"))
    lines[place] = "  emergency: {safety: true, text: 'Call {oncall_line}.'}"
    (folder / "faq.yaml").write_text("\n".join(lines))
    seal(folder)
    with pytest.raises(ApprovalError, match="emergency says nothing"):
        approve(folder)


def test_one_changed_letter_withholds_the_entry_and_no_other(folder: Path) -> None:
    change(folder, "answer: The lamp is green.", "answer: The lamp is greem.")
    approved = approve(folder)
    assert "lamp-color" not in approved.answers
    assert len(approved.answers) == 5
    assert approved.withheld["lamp-color"] == "lamp-color.answer does not match its seal"


def test_a_link_that_lost_its_seal_is_left_out_and_its_answers_stay(folder: Path) -> None:
    assert approve(folder).answers["lamp-color"].sources[0].url == "https://example.org/lamp"
    change(folder, "https://example.org/lamp", "https://example.net/lamp")
    changed = approve(folder)
    assert changed.answers["lamp-color"].sources[0].url is None
    assert dict(changed.withheld) == {"document.lamp.url": "does not match its seal"}


@pytest.mark.parametrize("id_", ["emergency", "crisis", "call-now", "fallback", "safety-notice", "crisis-staff"])
def test_one_changed_letter_of_a_safety_text_stops_everything(folder: Path, id_: str) -> None:
    path = folder / "faq.yaml"
    lines = path.read_text().splitlines()
    place = next(n for n, line in enumerate(lines) if line.startswith(f"  {id_}:"))
    lines[place] = lines[place].replace("text: ", "text: X ").replace("text: X '", "text: 'X ")
    path.write_text("\n".join(lines))
    with pytest.raises(ApprovalError, match=f"script.{id_} does not match"):
        approve(folder)


def test_a_changed_urgent_rule_stops_everything(folder: Path) -> None:
    path = folder / "intents" / "urgent" / "general" / "rules.yaml"
    path.write_text(path.read_text().replace("breathe", "breath", 1))
    with pytest.raises(ApprovalError, match=r"urgent\.general"):
        approve(folder)


def test_a_script_that_lost_its_seal_is_not_said(folder: Path) -> None:
    change(folder, "greeting: {text: 'The greeting text.'}", "greeting: {text: 'Hello you.'}")
    assert "greeting" not in approve(folder).scripts


def test_a_held_entry_is_withheld_with_its_reason(folder: Path) -> None:
    change(folder, "    review: 2030-01-07", "    review: 2030-01-07\n    hold: the ward decides")
    assert approve(folder).withheld["lamp-color"] == "is held: the ward decides"


def test_a_demo_seal_makes_it_a_demonstration(folder: Path) -> None:
    assert not approve(folder).demo
    seal(folder, approval.DEMO)
    assert approve(folder).demo


def test_a_text_message_wording_that_lost_its_seal_is_not_said(folder: Path) -> None:
    change(folder, "source-label: {text:", "source-label: {sms: 'From', text:")
    script = approve(folder).scripts["source-label"]
    assert script.short == script.text


@pytest.mark.parametrize("who", ["A. Translator", "z. translator"])
def test_a_translation_that_somebody_has_reviewed_is_served(folder: Path, who: str) -> None:
    change(folder, "        translated_by: A. Translator", f"        translated_by: {who}")
    assert "es" in approve(folder).answers["lamp-place"].translations


@pytest.mark.parametrize("role", [approval.DEMO, "doctor"])
def test_a_translation_that_no_translator_has_reviewed_is_for_demonstration_only(folder: Path, role: str) -> None:
    faq = folder / "faq.yaml"
    head, rest = faq.read_text().split("translations:")
    faq.write_text(f"{head}translations:{rest.replace('A. Translator', 'pending', 1)}")
    seal(folder, role)
    assert ("es" in approve(folder).answers["lamp-place"].translations) is (role == approval.DEMO)


def test_a_translation_is_not_served_without_the_limits_that_the_entry_has(folder: Path) -> None:
    faq = folder / "faq.yaml"
    head, rest = faq.read_text().split("    translations:")
    faq.write_text(f"{head}    limits: Nothing more is known.\n    translations:{rest}")
    seal(folder)
    assert not approve(folder).answers["lamp-place"].translations


def test_a_sealed_layer_of_danger_that_is_gone_stops_everything(folder: Path) -> None:
    shutil.rmtree(folder / "intents" / "urgent")
    with pytest.raises(ApprovalError, match=r"missing: urgent\.general"):
        approve(folder)
    seal(folder)
    lock = folder / files.LOCK
    lock.write_text("".join(line for line in lock.read_text().splitlines(True) if "urgent." not in line))
    with pytest.raises(ApprovalError, match="no layer in intents/urgent/"):
        approve(folder)


@pytest.mark.parametrize(
    ("old", "new", "key", "withheld"),
    [
        ("title: The Bedside Lamp", "title: The Lamp", "document.lamp.title", 6),
        ("publisher: Example Ward", "publisher: A Ward", "document.lamp.publisher", 6),
        ("      use: Using the lamp", "      use: The lamp", "document.lamp.section.use", 3),
        ("  lamp: The lamp", "  lamp: Lamps", "theme.lamp", 6),
    ],
)
def test_a_changed_name_beside_an_entry_withholds_every_entry_that_shows_it(
    folder: Path, old: str, new: str, key: str, withheld: int
) -> None:
    change(folder, old, new)
    approved = approve(folder)
    assert len(approved.withheld) == withheld
    assert set(approved.withheld.values()) == {f"{key} does not match its seal"}
    assert not approved.answers.keys() & approved.withheld.keys()


def test_a_title_that_lost_its_seal_is_not_said_and_the_others_are(folder: Path) -> None:
    assert approve(folder).titles == {"nc-price": "what the lamp costs", "nc-burn": "burns from the lamp"}
    change(folder, "title: what the lamp costs", "title: the price")
    approved = approve(folder)
    assert approved.titles == {"nc-burn": "burns from the lamp"}
    assert approved.withheld == {"title.nc-price": "does not match its seal"}


def test_a_safety_text_needs_the_seal_of_its_wording_for_text_messages_too(folder: Path) -> None:
    change(folder, "  crisis: {safety: true, text:", "  crisis: {safety: true, sms: 'Text 988.', text:")
    with pytest.raises(ApprovalError, match=r"script\.crisis\.sms has no seal"):
        approve(folder)
    seal(folder)
    assert approve(folder).scripts["crisis"].short == "Text 988."


def test_an_entry_is_served_until_its_grace_is_over_with_its_text_seal_and_source(folder: Path) -> None:
    lock = approval.read_lock(folder / files.LOCK)
    content, urgent = files.load_content(folder), files.urgent_texts(folder)
    passages = {"lamp/use/2": "The night nurse has the lamp."}
    texts = approved.approve(content, lock, urgent, passages, {"phone_line": "555-0100"}, timedelta(days=9))
    answer = texts.answers["lamp-owner"]
    assert answer.text == "The night nurse looks after the lamp. Her line is 555-0100."
    assert (answer.seal, answer.sms_seal) == (lock.texts["lamp-owner.answer"], lock.texts["lamp-owner.sms"])
    assert [(cited.section, cited.passage) for cited in answer.sources] == [("Using the lamp", passages["lamp/use/2"])]
    assert texts.answers["lamp-color"].sources[0].passage is None
    assert texts.last_day["lamp-color"] == date(2030, 1, 16)


def test_the_lines_of_the_site_lose_their_accents_in_text_messages_only(folder: Path) -> None:
    lock, content = approval.read_lock(folder / files.LOCK), files.load_content(folder)
    site = {"site_name": "Clínica Ñandú"}
    texts = approved.approve(content, lock, files.urgent_texts(folder), {}, site, timedelta())
    script = texts.scripts["sms-help"]
    assert script.text.startswith("Run by Clínica Ñandú. ")
    assert script.short.startswith("Run by Clinica ")
    assert texts.scripts["fallback"].short == texts.scripts["fallback"].text


def test_a_script_is_said_in_english_where_its_translation_is_not_reviewed_or_not_sealed(folder: Path) -> None:
    spanish = "greeting-es: {translated_by: A. Translator, text: 'The Spanish greeting.'}"
    assert approve(folder).first("greeting", language="es").text == "The Spanish greeting."
    change(folder, spanish, spanish.replace("A. Translator", "pending"))
    assert approve(folder).first("greeting", language="es").language is None
    seal(folder, approval.DEMO)
    assert approve(folder).first("greeting", language="es").language == "es"
    change(folder, "The Spanish greeting.", "Another greeting.")
    assert approve(folder).first("greeting", language="es").text == "The greeting text."


def test_a_translation_is_shortened_for_text_messages_by_nothing_but_its_own_wording(folder: Path) -> None:
    spanish = approve(folder).answers["lamp-place"].translations["es"]
    assert (spanish.sms, spanish.limits) == (markup.as_text(spanish.blocks), None)
    change(folder, "        translated_by:", "        sms: En la mesa.\n        translated_by:")
    seal(folder)
    assert approve(folder).answers["lamp-place"].translations["es"].sms == "En la mesa."


def test_the_first_text_that_may_be_said_is_said_and_the_banner_in_a_demonstration_only(folder: Path) -> None:
    texts = approve(folder)
    assert texts.text("gone", "greeting", "fallback") == "The greeting text."
    assert texts.banner is None
    seal(folder, approval.DEMO)
    assert approve(folder).banner == texts.scripts["demo-banner"]


def without(folder: Path, *lines: str) -> None:
    path = folder / "faq.yaml"
    text = path.read_text()
    for line in lines:
        assert line in text
        text = text.replace(line, "", 1)
    path.write_text(text)


def test_an_entry_without_a_text_message_says_its_answer_and_limits_under_the_seal_of_the_answer(folder: Path) -> None:
    without(folder, "    sms: Press the round button on the side.\n")
    answer = approve(folder).answers["lamp-switch"]
    assert answer.sms == "Press the round button on the side. The page does not say how to dim it."
    assert answer.sms_seal == answer.seal


def test_an_entry_without_a_sentence_to_read_aloud_is_served_all_the_same(folder: Path) -> None:
    without(folder, "    read_aloud: A small bulb.\n")
    answer = approve(folder).answers["lamp-bulb"]
    assert (answer.text, answer.read_aloud) == ("The lamp has a small bulb.", None)


def test_a_sentence_to_read_aloud_holds_the_lines_of_the_site(folder: Path) -> None:
    change(folder, "read_aloud: The night nurse does.", "read_aloud: The night nurse does. Dial {phone_line}.")
    seal(folder)
    assert approve(folder).answers["lamp-owner"].read_aloud == "The night nurse does."


def formed(folder: Path, site: approved.Site, *hosts: str) -> Answer:
    give_form(folder)
    lock, content = approval.read_lock(folder / files.LOCK), files.load_content(folder)
    texts = approved.approve(content, lock, files.urgent_texts(folder), {}, site, timedelta(), hosts)
    return texts.answers["lamp-bulb"]


def test_a_link_to_another_host_is_said_in_its_words_only(folder: Path) -> None:
    answer = formed(folder, {}, "www.hospital.example")
    assert answer.links == [GUIDE]
    assert f"- Read the guide ({GUIDE}) & look\n- Ask its maker\n\nNever touch" in answer.text


def test_an_item_falls_with_its_placeholder_and_the_items_beside_it_stay(folder: Path) -> None:
    without, given = formed(folder, {}), formed(folder, {"oncall_line": "*555* [x](https://y.example)"})
    assert [block.list for block in without.blocks] == [None, "ul", None]
    assert [len(answer.blocks[1].items) for answer in (without, given)] == [2, 3]
    assert "- Call *555* [x](https://y.example) first.\n- Read the guide & look" in given.text  # no form of a setting


def test_a_paragraph_that_ends_without_a_stop_stays_where_the_next_falls() -> None:
    assert fill("Bring this\n\nCall {phone_line}\n\nThen. Ring {phone_line}.", {}) == "Bring this\n\nThen."


def test_a_sentence_falls_whole_though_half_of_it_is_bold(folder: Path) -> None:
    change(folder, "answer: The lamp is green.", "answer: Ask. **Her line** is {phone_line}. **Now.**")
    seal(folder)
    assert approve(folder).answers["lamp-color"].text == "Ask. Now."


def test_a_translation_has_its_form_and_its_links_too(folder: Path) -> None:
    change(folder, "answer: La lámpara está", "answer: La [lámpara](https://a.example/b) está")
    seal(folder)
    answer = approve(folder).answers["lamp-place"].in_language("es")
    assert markup.as_text(answer.blocks) == answer.text == "La lámpara está en la mesa junto a la cama."
