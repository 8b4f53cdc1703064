"""The words of a PDF that the portal made, read without another library."""

import re
import zlib

STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
SHOWN = re.compile(rb"/F(\d+) [\d.]+ Tf|\(((?:\\.|[^\\()])*)\) Tj", re.DOTALL)
ESCAPED = {b"\\r": b"\r", b"\\n": b"\n", b"\\(": b"(", b"\\)": b")", b"\\\\": b"\\"}


def words_of(pdf: bytes) -> str:
    """Everything that is written in it, piece by piece in the order in which it was set."""
    assert pdf.startswith(b"%PDF")
    streams = [_opened(found) for found in STREAM.findall(pdf)]
    alphabets = [_alphabet(stream) for stream in streams if b"begincmap" in stream]
    pieces = []
    for stream in streams:
        alphabet: dict[int, str] = {}
        for font, codes in SHOWN.findall(stream) if b" Tj" in stream else ():
            if font:
                alphabet = alphabets[int(font) - 1]
            else:
                pieces.append(_read(codes, alphabet))
    return " ".join(" ".join(pieces).replace("\xa0", " ").split())


def _opened(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


def _alphabet(stream: bytes) -> dict[int, str]:
    pairs = re.findall(rb"^<([0-9A-F]{4})> <([0-9A-F]+)>$", stream, re.MULTILINE)
    return {int(code, 16): bytes.fromhex(sign.decode()).decode("utf-16-be") for code, sign in pairs}


def _read(codes: bytes, alphabet: dict[int, str]) -> str:
    plain = re.sub(rb"\\.", lambda found: ESCAPED[found[0]], codes, flags=re.DOTALL)
    return "".join(
        alphabet[int.from_bytes(plain[at : at + 2], "big")] for at in range(0, len(plain), 2)
    )
