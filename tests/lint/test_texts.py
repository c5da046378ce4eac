from pathlib import Path

from app.content import files
from app.lint import texts


def test_a_draft_of_another_wording_of_the_answer_is_an_error(folder: Path) -> None:
    faq = folder / "faq.yaml"
    drafted = "    read_aloud: The lamp is green.\n    drafted: [sms, read_aloud]\n"
    faq.write_text(faq.read_text().replace("    read_aloud: The lamp is green.\n", drafted))
    assert not list(texts.find(files.load_content(folder)))
    faq.write_text(faq.read_text().replace("answer: The lamp is green.", "answer: The lamp is blue."))
    found = list(texts.find(files.load_content(folder)))
    assert [finding.where for finding in found] == ["lamp-color.sms", "lamp-color.read_aloud"]
    assert all("another wording" in finding.problem for finding in found)
