"""Files that nobody who means well would write, put in the place of content, and what is said of each."""

import os
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

Put = Callable[[Path], None]


class Attack(NamedTuple):
    name: str
    """Of the file, in the folder of content."""
    put: Put
    said: str
    """Pattern of what is said behind the place of the file."""


def text(content: str | bytes) -> Put:
    return lambda path: void(path.write_bytes(content.encode() if isinstance(content, str) else content))


def after(more: str) -> Put:
    """What is there, and more."""
    return lambda path: void(path.write_text(path.read_text() + more))


def instead(make: Callable[[Path], object]) -> Put:
    def put(path: Path) -> None:
        path.unlink(missing_ok=True)
        make(path)

    return put


def link(target: str) -> Put:
    return instead(lambda path: path.symlink_to(target))


def listening(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(path))  # an address has 107 bytes at most


def sparse(size: int) -> Put:
    def put(path: Path) -> None:
        path.write_bytes(b"")
        os.truncate(path, size)

    return put


def void(_: object) -> None: ...


FAQ, LOCK, LINES, NEW = "faq.yaml", "faq.lock", "intents/lamp.yaml", "intents/new.yaml"
DEEP = "is nested more than 20 levels deep"
MANY = "has more than 100,000 keys, lists and texts"
TAG = r"cannot be read: it is not what its tag \(!!\) says"
LAUGHS = "a0: &a0 [ha, ha]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10))

ATTACKS: Mapping[str, Attack] = {
    "brackets": Attack(FAQ, text("[" * 60_000), f"1: {DEEP}"),
    "dashes": Attack(LINES, text("- " * 100_000), f"1: {DEEP}"),
    "braces": Attack(FAQ, text("{a: " * 60_000), f"1: {DEEP}"),
    "question marks": Attack(FAQ, text("? " * 50_000), f"1: {DEEP}"),
    "closed brackets": Attack(FAQ, text("[" * 900 + "]" * 900), f"1: {DEEP}"),
    "steps": Attack(FAQ, text("".join(f"{' ' * n}a:\n" for n in range(2_000))), f"20: {DEEP}"),
    "laughs": Attack(FAQ, text(LAUGHS), r"2: a1\.0: is an alias \(\*\) of another place"),
    "laughs for a key": Attack(FAQ, text("a: &a [b]\n? *a\n: c\n"), "1: a key is a word of at most 200 characters"),
    "a list in itself": Attack(FAQ, text("a: &a [*a]"), r"1: a\.0: is an alias"),
    "one text often": Attack(FAQ, text("a: &a b\nc: [d,\n  *a]"), r"2: c\.1: is an alias"),
    "no end": Attack(FAQ, link("/dev/zero"), "1: cannot be read: it is a device, not a file"),
    "no end of phrasings": Attack(LINES, link("/dev/zero"), "1: cannot be read: it is a device, not a file"),
    "no end of seals": Attack(LOCK, link("/dev/zero"), "1: cannot be read: it is a device, not a file"),
    "pipe": Attack(FAQ, instead(os.mkfifo), "1: cannot be read: it is a pipe, not a file"),
    "pipe of phrasings": Attack(NEW, instead(os.mkfifo), "1: cannot be read: it is a pipe, not a file"),
    "pipe of seals": Attack(LOCK, instead(os.mkfifo), "1: cannot be read: it is a pipe, not a file"),
    "folder": Attack(FAQ, instead(Path.mkdir), "1: cannot be read: it is a folder, not a file"),
    "folder of phrasings": Attack(LINES, instead(Path.mkdir), "1: cannot be read: it is a folder, not a file"),
    "folder of seals": Attack(LOCK, instead(Path.mkdir), "1: cannot be read: it is a folder, not a file"),
    "socket": Attack(FAQ, instead(listening), "1: cannot be read: it is a socket, not a file"),
    "link to itself": Attack(FAQ, link(FAQ), "1: cannot be read: Too many levels of symbolic links"),
    "seals that link to themselves": Attack(LOCK, link(LOCK), "1: cannot be read: Too many levels of symbolic links"),
    "link to nothing": Attack(NEW, link("nowhere"), "1: cannot be read: No such file or directory"),
    "10 GB": Attack(FAQ, sparse(10 << 30), "1: cannot be read: it is larger than 4 MiB"),
    "10 GB of seals": Attack(LOCK, sparse(10 << 30), "1: cannot be read: it is larger than 4 MiB"),
    "long text": Attack(FAQ, after("x: " + "long " * 5_000), r"\d+: x: is longer than 20,000 characters"),
    "long key": Attack(FAQ, after(f"? {'k' * 2_000}\n: x"), r"\d+: a key is a word of at most 200 characters"),
    "many texts": Attack(FAQ, text("[" + "a," * 200_000 + "]"), f"1: {MANY}"),
    "many keys": Attack(FAQ, text("".join(f"k{n}: x\n" for n in range(60_000))), f"1: {MANY}"),
    "directives": Attack(FAQ, text("# x\n" + "%TAG !a! b\n" * 100_000), "2: bad YAML: a line begins with %"),
    "number to the base of 60": Attack(FAQ, after(f"x: 1{':1' * 5_000}"), r"\d+: x: is too long for a number"),
    "digits": Attack(FAQ, after(f"x: {'9' * 10_000}"), r"\d+: x: is too long for a number"),
    "no number": Attack(FAQ, after('x: !!int ""'), rf"\d+: x: {TAG}"),
    "no day": Attack(FAQ, after("x: !!timestamp soon"), rf"\d+: x: {TAG}"),
    "not UTF-8": Attack(FAQ, text(b"a: b\nc: \xff"), "2: is not UTF-8"),
    "UTF-16": Attack(FAQ, text("a: b".encode("utf-16")), "1: is not UTF-8"),
    "NUL": Attack(FAQ, text("é: b\nc: \0"), "2: bad YAML: the character 0x0 is not allowed"),
    "key of two lines": Attack(
        FAQ, after(r'"a\nb\e[31m\u202e": x'), r"\d+: a\\nb\\x1b\[31m\\u202e: is not a known key"
    ),
}
