"""Names, paths and logs are anybody's text: make them harmless before they reach a terminal or a Markdown file."""

import re

# C0 and C1 controls, DEL, the bidirectional overrides, line separators, and surrogate escapes of undecodable bytes.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")

_MARKUP = re.compile(r"[\\`*_{}\[\]<>#|!&]")


def terminal(text: str) -> str:
    """`text` on one line, with what could move a cursor or reorder letters spelled out."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub(lambda match: _spell(match.group()), text)


def _spell(sign: str) -> str:
    code = ord(sign)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(sign) or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")


def code(text: str) -> str:
    """`text` as a Markdown code span that may stand in a table cell."""
    text = terminal(text).replace("|", "\\|")
    if "`" not in text:
        return f"`{text}`"
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def prose(text: str) -> str:
    """`text` as plain Markdown that may stand in a table cell: no markup, no HTML."""
    return _MARKUP.sub(r"\\\g<0>", terminal(" ".join(text.split())))
