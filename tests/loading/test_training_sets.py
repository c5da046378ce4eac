from pathlib import Path

from app.content import files
from app.loading.training_sets import TOPICS, Taught, training_sets
from tests.conftest import give_form


def test_the_address_of_a_link_teaches_nothing(folder: Path) -> None:
    give_form(folder)
    content = files.load_content(folder)
    intents = files.load_intents(folder, content)
    examples = training_sets(Taught.of(content, intents.phrasings), intents, 0.05)[TOPICS].examples
    learnt = [line for label, line, _ in examples if label == "lamp-bulb"]
    assert any("\n\nRead the guide & look\n\nAsk its maker\n\n" in line for line in learnt)
    assert not any("hospital.example" in line or "**" in line for line in learnt)
