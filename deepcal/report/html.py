"""The few pieces of HTML the report is made of."""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path


def paragraph(text: str) -> str:
    """Return a paragraph of plain text."""
    return f"<p>{escape(text)}</p>"


def heading(text: str) -> str:
    """Return the heading of a section."""
    return f"<h2>{escape(text)}</h2>"


def picture(path: Path, caption: str, *, narrow: bool = False) -> str:
    """Return a picture with its caption."""
    kind = ' class="narrow"' if narrow else ""
    alt = escape(caption.split(". ")[0], quote=True)
    return f'<figure{kind}><img src="{path.name}" alt="{alt}"><figcaption>{escape(caption)}</figcaption></figure>'


def tiles(items: Iterable[tuple[str, str]]) -> str:
    """Return numbers in large type, each with what it is."""
    one = '<div class="tile"><b>{}</b><span>{}</span></div>'
    return f'<div class="tiles">{"".join(one.format(escape(number), escape(what)) for number, what in items)}</div>'


def table(title: str, head: Sequence[str], rows: Iterable[Sequence[str]], numbers: frozenset[int] = frozenset()) -> str:
    """Return a table; columns in `numbers` are set to the right. A cell "ok" or "missed" is coloured."""

    def cell(tag: str, place: int, text: str) -> str:
        names = ["n"] if place in numbers else []
        names += {"ok": ["good"], "missed": ["bad"]}.get(text, []) if tag == "td" else []
        kind = f' class="{" ".join(names)}"' if names else ""
        return f"<{tag}{kind}>{escape(text)}</{tag}>"

    def line(tag: str, texts: Sequence[str]) -> str:
        return "<tr>" + "".join(cell(tag, place, text) for place, text in enumerate(texts)) + "</tr>"

    body = "".join(line("td", row) for row in rows)
    head_line, caption = line("th", head), escape(title)
    return (
        f'<div class="scroll"><table><caption>{caption}</caption>'
        f"<thead>{head_line}</thead><tbody>{body}</tbody></table></div>"
    )
