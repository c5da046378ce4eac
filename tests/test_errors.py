import re
from pathlib import Path

import pytest

from app import errors
from app.errors import ContentError, HaiFaqError, RequestError

TREE = dict(re.findall(r"─ (\w+) +(.+)", errors.__doc__ or ""))


def subclasses(root: type[HaiFaqError]) -> set[type[HaiFaqError]]:
    return {root}.union(*map(subclasses, root.__subclasses__()))


def test_every_error_is_drawn_in_the_tree() -> None:
    assert {error.__name__ for error in subclasses(HaiFaqError)} == {"HaiFaqError", *TREE}


@pytest.mark.parametrize("error", sorted(subclasses(RequestError) - {RequestError}, key=str))
def test_a_request_error_has_the_status_and_code_that_the_tree_says(error: type[RequestError]) -> None:
    assert f"{error.status} {error.code}" == TREE[error.__name__]
    assert str(error()) == error.title
    assert error("which").detail == "which"


def test_a_content_error_reads_as_file_line_key_and_problem() -> None:
    assert str(ContentError(Path("faq.yaml"), 12, "entries.a", "is empty")) == "faq.yaml:12: entries.a: is empty"
    assert str(ContentError(Path("faq.lock"), 1, "", "is not a seal")) == "faq.lock:1: is not a seal"
