from app.interchange.documents import ImportedDocument, Section


def document() -> ImportedDocument:
    made = ImportedDocument("d", "0" * 12)
    made.put("why", Section.of("Why?", "So it is.\n\nAnd so on."))
    made.put("when", Section.of("When?", "Now."))
    return made


def test_headings_and_paragraphs_that_are_the_same_clash() -> None:
    made = document()
    assert made.clash("who", Section.of("Why?", "Me.")) == "has the same question as why"
    assert made.clash("who", Section.of("Who?", "When?")) == "has a paragraph that is the same as a question"
    assert made.clash("who", Section.of("Now.", "Me.")).startswith("has a question that is the same as a paragraph")
    assert made.clash("who", Section.of("Who?", "Now.")) == ""


def test_a_section_does_not_clash_with_what_it_was() -> None:
    made = document()
    assert made.clash("when", Section.of("Now.", "Later.")) == ""
    made.put("when", Section.of("Now.", "When?"))
    assert made.clash("who", Section.of("When?", "Me.")) != ""
    assert made.clash("who", Section.of("Who?", "Now.")) == "has a paragraph that is the same as a question"
    made.put("when", Section.of("When?", "Later."))
    assert made.clash("who", Section.of("Now.", "Me.")) == ""
