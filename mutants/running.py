"""Runs tests in a child process in which a module is read with a fault in it; no file is changed."""

import importlib
import importlib.util
import os
import signal
import sys
import time
import traceback
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType

import pytest

from mutants.drawing import Mutant

LOG = Path("var/mutants/last.log")
HEAVY = """alembic authlib.integrations.starlette_client cryptography.hazmat.primitives.asymmetric.ed25519
    fastapi.testclient httpx2 hypothesis jinja2 numpy playwright.sync_api prometheus_client pydantic_settings rapidfuzz
    redis sqlalchemy twilio.request_validator uvicorn yaml"""
"""What most tests import, and nothing of the service: imported once, before the children are forked."""
OPTIONS = ("-x", "-q", "-p", "no:cacheprovider", "--basetemp", "var/mutants/tmp", "--hypothesis-profile", "mutants")
UNWARNED = ("-W", "ignore:Module already imported")
"""Hypothesis is imported, so that pytest cannot rewrite its assertions."""
SURVIVED, KILLED, HUNG, BROKEN = "survived", "killed", "hung", "broken"
_ENDS = {pytest.ExitCode.OK: SURVIVED, pytest.ExitCode.TESTS_FAILED: KILLED}
"""Any other end, such as a module that cannot be imported, says nothing of the tests."""


def prepare() -> None:
    for name in HEAVY.split():
        importlib.import_module(name)
    hypothesis = importlib.import_module("hypothesis")
    hypothesis.settings.register_profile("mutants", derandomize=True, database=None, deadline=None, max_examples=25)


def run(tests: Sequence[str], mutant: Mutant | None, patience: float) -> tuple[str, float]:
    """Return how the tests of a mutant, or of the module as it stands, ended, and in how many seconds."""
    began = time.monotonic()
    LOG.parent.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    child = os.fork()
    if not child:
        _run_in_child(tests, mutant)
    while time.monotonic() - began < patience:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            code = os.waitstatus_to_exitcode(status)
            return _ENDS.get(pytest.ExitCode(code), BROKEN) if code >= 0 else HUNG, time.monotonic() - began
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return HUNG, patience


def _run_in_child(tests: Sequence[str], mutant: Mutant | None) -> None:
    os.setsid()  # so that what the tests start can be ended with them
    log = os.open(LOG, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(log, stream)
    if mutant:
        sys.meta_path.insert(0, _Finder(mutant))
    code = int(pytest.ExitCode.INTERNAL_ERROR)
    try:
        code = int(pytest.main([*OPTIONS, *UNWARNED, *tests]))
    except BaseException:  # noqa: BLE001 whatever it is, the child must not go on as its parent would
        traceback.print_exc()
    sys.stdout.flush()
    os._exit(code)  # threads that a fault left running must not keep it


class _Finder(MetaPathFinder):
    """Finds the mutated module in place of the one on disk."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant
        self._name = mutant.module.removesuffix(".py").replace("/", ".")

    def find_spec(self, fullname: str, _path: object, _target: object = None) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        loader = _Loader(fullname, self._mutant)
        return importlib.util.spec_from_file_location(fullname, loader.path, loader=loader)


class _Loader(SourceFileLoader):
    def __init__(self, fullname: str, mutant: Mutant) -> None:
        super().__init__(fullname, str(Path(mutant.module).resolve()))
        self._source = mutant.source

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002 it loads one module
        code: CodeType = compile(self._source, self.path, "exec")
        return code
