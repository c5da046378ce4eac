"""Modules whose library only some sites need (Alembic, Authlib, redis-py), loaded where a setting asks for it.

With psycopg, which SQLAlchemy loads by itself, they were a third of what a start imports.
"""

import importlib
from typing import Any


def load_optional(name: str) -> Any:
    return importlib.import_module(name)
