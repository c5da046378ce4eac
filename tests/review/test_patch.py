import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.content.additions import Addition, write_additions
from app.content.files import fingerprint
from app.errors import ContentChanged
from app.loading.loader import version_of
from app.review.patch import diff, patch

ADDITIONS = [
    Addition("nc-radio", ["is there a radio", "¿y la radio?", "yes: or no?"], "the radio"),
    Addition("lamp-color", ["which hue", " 12", "what color is the lamp"]),
]
PROGRAMS = {"git": ["git", "apply", "-"], "patch": ["patch", "-p1"]}
TEXT = st.text(st.sampled_from("ab \n\n\r\u2028-+#"), max_size=30)


def apply(program: str, folder: Path, patch: str) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    subprocess.run(PROGRAMS[program], input=patch.encode(), cwd=folder, check=True, capture_output=True)


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("ending", ["\n", "\r\n", ""], ids=["lf", "crlf", "unended"])
def test_a_patch_writes_what_the_command_writes(program: str, ending: str, folder: Path, tmp_path: Path) -> None:
    """Line ends of either kind, a last line that nothing ends, a file that is new; then the same again on top."""
    faq = folder / "faq.yaml"
    written = faq.read_text().rstrip("\n") + "\n"
    faq.write_bytes((written.replace("\n", ending) if ending else written.rstrip("\n")).encode())
    other = shutil.copytree(folder, tmp_path / "other")
    for additions in (ADDITIONS, [Addition("lamp-place", ["whereabouts"]), Addition("nc-tea", ["tea?"], "tea")]):
        apply(program, folder, patch(folder, version_of(folder), additions, ["--- Ann", "+++ Lee"]))
        write_additions(other, additions)
        assert fingerprint(folder) == fingerprint(other)


def test_what_stands_there_already_makes_an_empty_patch(folder: Path) -> None:
    assert patch(folder, version_of(folder), [Addition("lamp-color", ["what color is the lamp"])]) == ""


def test_content_that_is_not_the_one_that_is_served_gets_no_patch(folder: Path) -> None:
    served = version_of(folder)
    path = folder / "intents" / "lamp.yaml"
    path.write_text(path.read_text() + "# by hand\n")
    with pytest.raises(ContentChanged):
        patch(folder, served, ADDITIONS)


@given(before=st.none() | TEXT, after=TEXT)
def test_any_difference_of_a_file_is_taken(
    tmp_path_factory: pytest.TempPathFactory, before: str | None, after: str
) -> None:
    if not after or before == after:
        return
    folder = tmp_path_factory.mktemp("any")
    path = folder / "a.txt"
    if before is not None:
        path.write_bytes(before.encode())
    apply("git", folder, diff("a.txt", before, after))
    assert path.read_bytes() == after.encode()
