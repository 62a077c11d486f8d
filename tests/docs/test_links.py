"""Links between pages lead somewhere: the file is there, and so is the heading."""

import re
import unittest

from pages import ROOT, pages

LINK = re.compile(r"!?\[[^\]]*\]\(([^()\s]+)\)")


def prose(page):
    """The page without its code."""
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```", "", page, flags=re.MULTILINE | re.DOTALL))


def anchors(page):
    """The headings' anchors, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```", "", page, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken(path):
    for target in LINK.findall(prose(path.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = path.parent / name if name else path
        if not file.exists():
            yield f"{path.relative_to(ROOT)}: {target}: no such file"
        elif anchor and anchor not in anchors(file.read_text(encoding="utf-8")):
            yield f"{path.relative_to(ROOT)}: {target}: no such heading"


class Links(unittest.TestCase):
    def test_every_link_leads_somewhere(self):
        found = pages()
        self.assertIn(ROOT / "README.md", found)
        self.assertEqual([fault for path in found for fault in broken(path)], [])


if __name__ == "__main__":
    unittest.main()
