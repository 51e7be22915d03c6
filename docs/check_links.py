"""Check that every internal link of the built site leads to a page and a place on it.

    python docs/check_links.py docs/_build/html

prints the links that do not, and exits with 1 if there are any. Sphinx checks references, but
not what themes, galleries and raw HTML link to.
"""

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Page(HTMLParser):
    """Links of a page, and the places on it that can be linked to."""

    def __init__(self):
        super().__init__()
        self.links, self.places = [], set()

    def handle_starttag(self, tag, attrs):
        """Note links and places."""
        for name, value in attrs:
            if name in ("href", "src") and value:
                self.links.append(value)
            elif name == "id" or (name == "name" and tag == "a"):
                self.places.add(value)


def read(path):
    """The page in a file."""
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def broken_links(root):
    """Pages with the links on them that lead nowhere, as lines of text."""
    own = (path for path in root.rglob("*.html") if path.relative_to(root).parts[0] != "_static")
    pages = {path: read(path) for path in sorted(own)}
    if not pages:
        yield f"no page in {root.name}; build the site first"
    for path, page in pages.items():
        for link in dict.fromkeys(page.links):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = path
            if parts.path:
                target = (path.parent / unquote(parts.path)).resolve()
            if target.is_dir():
                target = target / "index.html"
            place = unquote(parts.fragment)
            lost = place and target in pages and place not in pages[target].places
            if lost or not target.exists() or not target.is_relative_to(root):
                yield f"{path.relative_to(root)}: {link}"


def main():
    """Print what is broken."""
    root = Path(sys.argv[1]).resolve()
    broken = list(broken_links(root))
    print("\n".join(broken) or "every internal link leads somewhere")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
