"""Between what a sender types in a plain text field and the safe HTML that a vacancy shows."""

import re
from html import escape, unescape

from vekst.richtext import sanitise


def to_html(text: str) -> str:
    """Return paragraphs, and lists of the lines that begin with a dash. The text's own HTML is shown as typed."""
    parts = []
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
        lines = [line.strip() for line in block.split("\n") if line.strip()]
        while lines:
            is_list = lines[0].startswith(("- ", "* ", "• "))
            own = []
            while lines and lines[0].startswith(("- ", "* ", "• ")) == is_list:
                own.append(escape(lines.pop(0), quote=False))
            if is_list:
                parts.append(f"<ul>{''.join(f'<li>{line[2:].strip()}</li>' for line in own)}</ul>")
            else:
                parts.append(f"<p>{'<br>'.join(own)}</p>")
    return sanitise("".join(parts))


def to_text(html: str) -> str:
    """Return the words of such HTML as the sender would type them; `to_html` gives the same back."""
    text = re.sub(r"<li>\s*(.*?)\s*</li>", r"- \1\n", html, flags=re.DOTALL)
    text = re.sub(r"<br\s*/?>", "\n", text)
    text = re.sub(r"</(p|ul|ol|h\d|blockquote)>", "\n\n", text)
    text = unescape(re.sub(r"<[^>]+>", "", text))
    return re.sub(r"\n{3,}", "\n\n", text).strip()
