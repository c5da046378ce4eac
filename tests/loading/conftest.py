from pathlib import Path


def change(folder: Path, old: str, new: str) -> None:
    path = folder / "faq.yaml"
    path.write_text(path.read_text().replace(old, new, 1))
