"""The peers, each with the command that starts it and its size on disk.

NLP.js is installed and fitted below var/peers, where node and npm are there.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from app.content import files
from app.loading import model_cache
from app.settings import Settings

ROOT = Path(__file__).parents[2]
STORE = ROOT / "var" / "peers"
NODE_PACKAGE, NODE_VERSION = "node-nlp", "4.27.0"
RUNNER = str(Path(__file__).parent / "nlpjs.js")


@dataclass(frozen=True)
class Peer:
    name: str
    command: tuple[str, ...]
    disk_bytes: int
    """Size of the packages it needs and of what it has fitted, without Python or Node."""
    node_modules: Path | None = None


def hai_faq(settings: Settings) -> Peer:
    model = model_cache.build(settings.content_config).folder
    requirements = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    packages = set(re.findall(r"^([\w.-]+)(?:\[.*\])?==", requirements, re.MULTILINE))
    size = _size_of_packages(packages) + _size_of(model) + _size_of(ROOT / "app")
    return Peer("hai-faq", (sys.executable, "-m", "bench.peers.hai_faq"), size)


def wratio(phrasings: Path) -> Peer:
    size = _size_of_packages(["rapidfuzz"])
    return Peer("rapidfuzz WRatio", (sys.executable, "-m", "bench.peers.wratio", str(phrasings)), size)


def nlpjs(phrasings: Path) -> Peer | None:
    """Return NLP.js, installed and fitted unless that was done before; None where it cannot be."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not (node and npm):
        print("NLP.js is not run: node and npm are needed")
        return None
    folder = STORE / f"{NODE_PACKAGE}-{NODE_VERSION}"
    modules = folder / "node_modules"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text(json.dumps({"dependencies": {NODE_PACKAGE: NODE_VERSION}}), encoding="utf-8")
    install = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"]
    whole = modules / ".package-lock.json"  # npm writes it last
    if not whole.exists() and subprocess.run(install, cwd=folder, check=False).returncode:
        print(f"NLP.js is not run: npm could not install {NODE_PACKAGE} {NODE_VERSION}")
        return None
    model = folder / f"{hashlib.sha256(phrasings.read_bytes()).hexdigest()[:16]}.nlp"
    if not model.exists():
        fitting = model.with_suffix(".fitting")
        command = [node, RUNNER, "train", str(phrasings), str(fitting)]
        subprocess.run(command, cwd=folder, env=os.environ | {"NODE_PATH": str(modules)}, check=True)
        fitting.rename(model)
    size = _size_of(modules) + _size_of(model)
    return Peer("NLP.js 4.27", (node, RUNNER, "serve", str(model)), size, modules)


def _size_of_packages(names: Iterable[str]) -> int:
    """Return the bytes of these packages' files; a package for another system is not here and counts nothing."""
    installed = {re.sub(r"[-_.]+", "-", each.metadata["Name"]).lower(): each for each in metadata.distributions()}
    paths = [path.locate() for name in names if name in installed for path in installed[name].files or ()]
    return sum(_size_of(Path(str(path))) for path in paths)


def _size_of(path: Path) -> int:
    if not path.is_dir():
        return path.stat().st_size if path.exists() else 0
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file() and not file.is_symlink())


def write_phrasings(settings: Settings) -> tuple[Path, frozenset[str]]:
    """Write what peers learn as a JSON list of [topic, phrasing]; return its path and the topics not covered."""
    content = files.load_content(settings.content_dir)
    intents = files.load_intents(settings.content_dir, content)
    phrasings = [(id_, line) for id_, lines in intents.phrasings.items() for line in lines]
    STORE.mkdir(parents=True, exist_ok=True)
    path = STORE / "phrasings.json"
    path.write_text(json.dumps(phrasings), encoding="utf-8")
    print(f"{len(phrasings)} phrasings of {len(intents.phrasings)} topics")
    return path, frozenset(content.topics)
