"""What differs in texts from how they were sealed: by the copies that are kept, else by the last commit."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from app.content import files, sealed_copies
from app.content.approval import Lock
from app.content.changes import Change
from app.content.yaml_file import parse_yaml
from app.errors import ContentError


def changes(folder: Path, texts: Mapping[str, str], lock: Lock) -> Mapping[str, Change]:
    """Return the change of each text since its seal; the texts are given by the keys of their seals."""
    committed = _committed_texts(folder)
    found = {}
    for key, text in texts.items():
        seal = lock.texts.get(key)
        kept = sealed_copies.read(folder, seal.sha256) if seal else None
        found[key] = Change.since(seal, text, kept, committed.get(key))
    return found


def _committed_texts(folder: Path) -> Mapping[str, str]:
    """Return the texts of the last commit; none where the content lies in no git repository."""
    command = ["git", "-C", str(folder), "show", f"HEAD:./{files.FAQ}"]
    try:
        shown = subprocess.run(command, capture_output=True, check=False, encoding="utf-8", errors="replace")
        return files.parse_content(parse_yaml(Path(files.FAQ), shown.stdout)).texts()
    except (OSError, ContentError):
        return {}
