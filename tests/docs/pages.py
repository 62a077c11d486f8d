"""The repository's Markdown, as the tests read it."""

import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def pages():
    """Every Markdown file that git tracks or would; without a git checkout, all outside build/."""
    listed = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        capture_output=True,
        encoding="utf-8",
    )
    if listed.returncode == 0:
        found = {ROOT / name for name in listed.stdout.splitlines()}
    else:
        found = {path for path in ROOT.rglob("*.md") if path.relative_to(ROOT).parts[0] != "build"}
    return sorted(path for path in found if path.is_file())


def code_block(page, language, after=""):
    """The first fenced block of that language, behind the text `after`."""
    text = page[page.index(after) :]
    match = re.search(rf"^```{re.escape(language)}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    if not match:
        raise ValueError(f"no {language} block" + (f" after {after!r}" if after else ""))
    return match[1]


def program():
    return os.environ["ATELIER"]
