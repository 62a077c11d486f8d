"""The tables of docs/reference are what the program's catalogs say.

With ATELIER_WRITE_DOCS in the environment they are written instead.
"""

import json
import os
import subprocess
import unittest

from pages import ROOT, program

LISTS = {
    "optimizers": "optimizers.md",
    "schedules": "schedules.md",
    "layers": "nn.md",
    "activations": "nn.md",
    "losses": "nn.md",
    "initialisers": "nn.md",
}


def cell(text):
    return str(text).replace("|", "\\|")


def number(value):
    """0.9, 1e-8"""
    return f"{value:g}".replace("e-0", "e-").replace("e+0", "e")


def knobs(entry):
    """`beta1` 0.9 (0 to 1)"""
    return "; ".join(
        f"`{k['name']}` {number(k['preset'])} ({number(k['low'])} to {number(k['high'])})" for k in entry["knobs"]
    )


def table(catalog):
    """The catalog as the program lists it; columns that would be empty are left out."""
    listed = subprocess.run([program(), catalog, "--json"], capture_output=True, encoding="utf-8", check=True)
    columns = {"name": [], "what": [], "learning rate": [], "decoupled decay": [], "knobs, with their ranges": []}
    for entry in map(json.loads, listed.stdout.splitlines()):
        rates = [entry.get(name, 0) for name in ("learning_rate", "decoupled_decay")]
        values = [f"`{entry['name']}`", entry["summary"], *(number(r) if r else "" for r in rates), knobs(entry)]
        for column, value in zip(columns.values(), values):
            column.append(value)
    filled = {title: column for title, column in columns.items() if any(column)}
    rows = ["| " + " | ".join(map(cell, row)) + " |\n" for row in [filled.keys(), *zip(*filled.values())]]
    return rows[0] + "|" + "---|" * len(filled) + "\n" + "".join(rows[1:])


def with_table(page, catalog):
    begin = f"<!-- {catalog} -->\n"
    start = page.index(begin) + len(begin)
    return page[:start] + table(catalog) + page[page.index("<!-- end -->", start) :]


class Reference(unittest.TestCase):
    maxDiff = None

    def test_tables_are_the_catalogs(self):
        for catalog, name in LISTS.items():
            path = ROOT / "docs/reference" / name
            page = path.read_text(encoding="utf-8")
            wanted = with_table(page, catalog)
            if "ATELIER_WRITE_DOCS" in os.environ:
                path.write_text(wanted, encoding="utf-8")
                page = wanted
            with self.subTest(catalog):
                self.assertEqual(page, wanted, "ctest -R docs_test_reference with ATELIER_WRITE_DOCS=1 writes the tables")


if __name__ == "__main__":
    unittest.main()
