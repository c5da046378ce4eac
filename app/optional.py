"""Modules whose library only some sites need, loaded where a setting asks for it.

Alembic, Authlib, psycopg and redis-py are a quarter of all that a start would import. Those who use such a module know
it by a type of their own, so that nothing else has to import it.
"""

import importlib
from typing import Any


def load_optional(name: str) -> Any:
    return importlib.import_module(name)
