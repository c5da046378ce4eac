from pathlib import Path

import pytest

from app.content import files
from app.lint import forms
from tests.conftest import GUIDE, give_form
from tests.lint.test_lint import change, findings


def test_an_answer_may_have_its_form(folder: Path) -> None:
    give_form(folder)
    change(folder, "faq.yaml", " <hot>", "")
    assert not [finding for finding in findings(folder) if "holds" in finding or "grade" in finding]


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("answer: The lamp is green.", "answer: The lamp is *green*.", "error: lamp-color.answer: holds italics: only"),
        (
            "answer: La lámpara",
            "answer: La <b>lámpara</b>",
            "error: lamp-place.translations.es.answer: holds HTML: only",
        ),
        (
            "sms: The lamp is green.",
            "sms: The lamp is **green**.",
            "error: lamp-color.sms: holds bold: only an answer may",
        ),
        (
            "limits: The page",
            "limits: The [page](https://a.example)",
            "error: lamp-switch.limits: holds a link: only an",
        ),
        ("text: 'The greeting text.'", "text: 'The <i>greeting</i>.'", "error: script.greeting: holds HTML: only an"),
        ("title: what the lamp costs", "title: what the `lamp` costs", "error: title.nc-price: holds code: only an"),
        (
            "answer: The lamp is green.",
            "answer: See https://a.example.",
            "warning: lamp-color.answer: writes out an add",
        ),
    ],
)
def test_what_is_outside_of_the_forms_is_found(folder: Path, old: str, new: str, finding: str) -> None:
    change(folder, "faq.yaml", old, new)
    assert any(found.startswith(finding) for found in findings(folder))


def test_the_items_of_a_list_are_read_as_sentences(folder: Path) -> None:
    items = "".join(f"\n      - put the lamp on the small table number {number}" for number in range(9))
    change(folder, "faq.yaml", "answer: The lamp is green.", f"answer: |-{items}")
    assert not any("grade" in finding for finding in findings(folder))


def test_the_words_of_an_address_are_not_read(folder: Path) -> None:
    address = "https://a.example/institutional-illumination-considerations-necessitate-administrative-authorization"
    change(folder, "faq.yaml", "answer: The lamp is green.", f"answer: The [lamp]({address}) is green.")
    assert not any("grade" in finding for finding in findings(folder))


def test_links_to_hosts_that_the_site_does_not_list_are_found(folder: Path) -> None:
    give_form(folder)
    content = files.load_content(folder)
    assert not list(forms.find_unlisted_links(content, ["www.hospital.example", "maker.example"]))
    (found,) = forms.find_unlisted_links(content, ["maker.example"])
    assert str(found).startswith(
        f"warning: lamp-bulb.answer: {GUIDE} is no link: its host is not in HAI_FAQ_LINK_HOSTS"
    )
