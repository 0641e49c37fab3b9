# SPDX-License-Identifier: MIT
"""A page as its reader gets it: by the parser of Python, and by a browser."""
import html
import shutil
import subprocess
from html.parser import HTMLParser

BROWSER = shutil.which("chromium-headless-shell") or shutil.which("chromium")
VOID = {"meta", "br", "link", "img"}

# Shows the page in a frame as wide as a telephone and writes down what came of it.
MEASURE = """<!DOCTYPE html><meta charset="utf-8"><title>measuring</title>
<iframe sandbox="allow-same-origin" style="width:{width}px;height:800px;border:0" srcdoc="{page}"
  onload="const page = this.contentDocument; const all = [...page.querySelectorAll('.days i')];
  document.title = [page.documentElement.scrollWidth - page.documentElement.clientWidth,
    page.querySelectorAll('script').length,
    page.querySelectorAll('article').length,
    Math.min(...all.map(i => i.getBoundingClientRect().width)),
    parseFloat(getComputedStyle(page.querySelector('.facts')).fontSize)].join(' ')"></iframe>
"""


class Element:
    def __init__(self, tag, attributes):
        self.tag = tag
        self.attributes = dict(attributes)
        self.children = []
        self.words = []

    def all(self, tag, name=None):
        """Elements below with this tag, and this class."""
        for child in self.children:
            if child.tag == tag and (name is None or child.attributes.get("class") == name):
                yield child
            yield from child.all(tag, name)

    def text(self):
        return "".join(part if isinstance(part, str) else part.text() for part in self.words)


class _Tree(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open = [Element("", ())]

    def handle_starttag(self, tag, attributes):
        element = Element(tag, attributes)
        self.open[-1].children.append(element)
        self.open[-1].words.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        assert self.open.pop().tag == tag, f"</{tag}> closes another element"

    def handle_data(self, text):
        self.open[-1].words.append(text)


def parse(text):
    """The page's tree; fails where an element is not closed in its turn."""
    tree = _Tree()
    tree.feed(text)
    tree.close()
    assert len(tree.open) == 1, "an element was not closed"
    return tree.open[0]


def measured(text, width, folder):
    """What a browser makes of it in a window so wide: (pixels to scroll sideways, scripts,
    articles, narrowest cell, size of the smallest text)."""
    outer = folder / "outer.html"
    outer.write_text(MEASURE.format(width=width, page=html.escape(text)), encoding="utf-8")
    done = subprocess.run(
        [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=10000",
         f"--user-data-dir={folder}/profile", f"--window-size={max(width, 800)},900", "--dump-dom",
         outer.as_uri()],
        check=True, capture_output=True, encoding="utf-8", timeout=120)
    title = done.stdout.split("<title>", 1)[1].split("</title>", 1)[0]
    return tuple(map(float, title.split()))
