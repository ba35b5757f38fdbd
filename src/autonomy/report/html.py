"""A story as one HTML file: everything inside, nothing fetched, no script but ours and the chart library's."""

import json
from base64 import b64encode
from hashlib import sha256
from pkgutil import get_data

from autonomy.report.page import Page, page_of
from autonomy.report.story import Story, Tone

SCRIPTS = ("vendor/echarts.min.js", *(f"js/{name}.js" for name in (
    "data", "dom", "markdown", "charts", "tables", "views", "panel", "page",
)))  # fmt: skip
_ESCAPES = (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"))
MARKS = {Tone.GOOD: "✓", Tone.BAD: "✕", Tone.WARN: "!", Tone.PLAIN: "·"}


def render(story: Story, *, live: bool = False) -> str:
    """The page; `live` lets it ask the address that it came from for what is new."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(_text("page.html"))
    style, scripts = _text("page.css"), [_text(name) for name in SCRIPTS]
    asks = "'self'" if live else "'none'"
    policy = (
        f"default-src 'none'; script-src {' '.join(map(_hash, scripts))}; style-src {_hash(style)};"
        f" img-src data:; connect-src {asks}; base-uri 'none'; form-action 'none'"
    )
    return template.render(
        title=story.title, story=story, marks=MARKS, policy=policy, style=style, scripts=scripts,
        data=embedded(page_of(story)), live=live,
    )  # fmt: skip


def embedded(page: Page) -> str:
    """JSON that may stand inside of a script element: ASCII only, and no sign that could end the element."""
    text = json.dumps(page, separators=(",", ":"), ensure_ascii=True)
    for sign, escape in _ESCAPES:
        text = text.replace(sign, escape)
    return text


def _hash(text: str) -> str:
    """A source expression of a content security policy."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _text(name: str) -> str:
    return (get_data("autonomy.report", name) or b"").decode()
