"""The frame around the mailbox's pages: one style sheet, no script."""

from html import escape
from typing import Final

_STYLE: Final = """
:root { color-scheme: light dark; --line: light-dark(#e3e5ea, #33363d);
  --soft: light-dark(#5f6673, #9aa1ae);
  --ground: light-dark(#f6f7f9, #16181c);
  --card: light-dark(#fff, #1e2126); --link: light-dark(#2456c7, #8ab0ff); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); font: 15px/1.5 system-ui, sans-serif; }
header { padding: .8rem 1.5rem; border-bottom: 1px solid var(--line); }
header { color: var(--soft); background: var(--card); }
header strong { color: light-dark(#111, #fff); }
main { max-width: 60rem; margin: 1.5rem auto; padding: 0 1rem; }
a { color: var(--link); text-decoration: none; }
h1 { font-size: 1.35rem; margin: .6rem 0 1rem; overflow-wrap: anywhere; }
h2 { font-size: .8rem; text-transform: uppercase; letter-spacing: .06em; }
h2 { color: var(--soft); margin: 1.6rem 0 .5rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.row { display: flex; gap: 1rem; align-items: baseline; padding: .65rem 1rem; color: inherit; }
.row + .row { border-top: 1px solid var(--line); }
.row:hover { background: var(--ground); }
.row span, .row time { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.to { flex: 0 0 14rem; color: var(--soft); }
.subject { flex: 1; font-weight: 600; }
time { color: var(--soft); font-size: .85rem; }
.badge { flex: 0 0 auto; font: 600 .72rem/1.7 system-ui, sans-serif; padding: 0 .55rem; border-radius: 99px;
  background: light-dark(#e3f4e7, #1d3a26); color: light-dark(#17663a, #8fdca8);
  vertical-align: middle; }
.row .badge { flex-basis: 6.4rem; text-align: center; }
.bounced, .complained, .suppressed { background: light-dark(#fde6e4, #452320);
  color: light-dark(#a12a1f, #ffb0a7); }
.scheduled, .canceled { background: light-dark(#e9ebf0, #33363d); color: var(--soft); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.25rem; }
dl { padding: .9rem 1.1rem; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
iframe { width: 100%; height: 34rem; background: #fff; color-scheme: light; }
pre { padding: .9rem 1.1rem; margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .85rem; }
details { margin-top: 1.6rem; color: var(--soft); }
.empty { text-align: center; color: var(--soft); padding: 4rem 0; }
"""


def page(title: str, body: str) -> str:
    """A whole document; `title` is any text, `body` is HTML that was made safe."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<style>{_STYLE}</style></head><body><header><strong>Local Resend</strong> &middot; nothing here was sent"
        f"</header><main>{body}</main></body></html>"
    )
