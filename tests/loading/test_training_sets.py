from pathlib import Path

from app.content import files
from app.loading.training_sets import TOPICS, URGENT, Taught, training_sets
from tests.conftest import give_form


def test_the_address_of_a_link_teaches_nothing(folder: Path) -> None:
    give_form(folder)
    content = files.load_content(folder)
    intents = files.load_intents(folder, content)
    examples = training_sets(Taught.of(content, intents.phrasings), intents, 0.05)[TOPICS].examples
    learnt = [line for label, line, _ in examples if label == "lamp-bulb"]
    assert {"Read the guide & look", "Ask its maker"} <= set(learnt)
    assert not any("hospital.example" in line or "**" in line for line in learnt)


def test_what_was_imported_does_not_teach_that_it_is_calm(folder: Path) -> None:
    (folder / "intents" / "imported.yaml").write_text("lamp-bulb: [she is choking on the bulb]\n")
    content = files.load_content(folder)
    intents = files.load_intents(folder, content)
    sets = training_sets(Taught.of(content, intents.phrasings), intents, 0.05)
    line = "she is choking on the bulb"
    assert line in {text for _, text, _ in sets[TOPICS].examples}
    assert line not in {text for _, text, _ in sets[URGENT].examples}
