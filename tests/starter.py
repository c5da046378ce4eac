"""The shipped starter with a few lines of danger and small talk in place of thousands: it is fitted in seconds."""

import shutil
from pathlib import Path

import yaml

from app.content.starter import STARTER
from tests.conftest import FIXTURE

LINES = 4
"""Of small talk, for each intent."""


def cut_starter(folder: Path) -> Path:
    shutil.copytree(STARTER, folder)
    danger = folder / "intents" / "urgent" / "general"
    for path in danger.iterdir():
        path.unlink()
    shutil.copytree(FIXTURE / "intents" / "urgent" / "general", danger, dirs_exist_ok=True)
    talk = folder / "intents" / "smalltalk" / "general.yaml"
    few = {intent: lines[:LINES] for intent, lines in yaml.safe_load(talk.read_text()).items()}
    talk.write_text(yaml.safe_dump(few, allow_unicode=True))
    return folder
