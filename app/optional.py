"""Modules are loaded where a setting asks for their library: Alembic, Authlib, cryptography, httpx2 or redis-py.

With psycopg, which SQLAlchemy loads by itself, they were a third of what a start imports.
"""

import importlib
from typing import Any


def load_optional(name: str) -> Any:
    return importlib.import_module(name)
