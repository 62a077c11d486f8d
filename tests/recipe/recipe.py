"""The recipes of HACKING.md that show every line, followed to the letter on a copy of the tree."""

import os
import pathlib
import re
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
OPTIMIZER, SAMPLER = "Add an optimizer", "Add a sampler"
STEP = re.compile(r"^\*\*[^`]*`([^`]+)`[^`]*?\*\*.*?^```(cpp|diff)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def steps(root=ROOT, title=OPTIMIZER):
    """(path, "cpp" for a new file or "diff" for a change, the block) of each step of the section `title`."""
    section = re.search(
        rf"^## {title}\n(.*?)(?=^## )", (root / "HACKING.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    return STEP.findall(section[1])


def change(text, diff):
    """`text` with each hunk of the diff, parted by lines of @@, put where its old lines stand; exactly one place."""
    for hunk in re.split(r"^@@.*\n", diff, flags=re.MULTILINE):
        lines = hunk.splitlines(keepends=True)
        old = "".join(line[1:] for line in lines if line[0] in " -")
        new = "".join(line[1:] for line in lines if line[0] in " +")
        if text.count(old) != 1:
            raise ValueError(f"these lines are not there once, but {text.count(old)} times:\n{old}")
        text = text.replace(old, new)
    return text


def lines_changed(diff):
    """How many lines a diff adds or replaces."""
    return len(re.findall(r"^\+", diff, flags=re.MULTILINE))


def copy_tree(target):
    """Copies what git tracks or would; without a git checkout, all that is not built."""
    listed = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"], capture_output=True
    )
    if listed.returncode == 0:
        names = [name.decode() for name in listed.stdout.split(b"\0") if name]
    else:
        names = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if path.relative_to(ROOT).parts[0] != "build"]
    for name in filter(lambda name: (ROOT / name).is_file(), names):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target / name)


class Workshop:
    """A copy of the tree that can be built."""

    def __init__(self, folder):
        self.root = pathlib.Path(folder) / "atelier"
        self.build_folder = self.root / "build" / "release"
        # What the main tree's `./dev build` compiled is found again.
        self.environment = os.environ | {"CCACHE_BASEDIR": str(self.root), "CCACHE_NOHASHDIR": "1"}
        copy_tree(self.root)

    def run(self, *command, check=True, **environment):
        done = subprocess.run(
            list(map(str, command)),
            cwd=self.root,
            env=self.environment | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
        )
        if check and done.returncode != 0:
            raise RuntimeError(f"{' '.join(map(str, command))}\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
        return done

    def configure(self, werror="OFF"):
        options = ["-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", f"-DATELIER_WERROR={werror}"]
        self.run("cmake", "-S", self.root, "-B", self.build_folder, *options)

    def build(self, *targets, **environment):
        self.run("ninja", "-C", self.build_folder, *targets, **environment)

    def follow_the_recipe(self, title=OPTIMIZER):
        for name, kind, block in steps(self.root, title):
            path = self.root / name
            if kind == "cpp" and path.exists():
                raise ValueError(f"{name} is there already")
            path.write_text(block if kind == "cpp" else change(path.read_text(encoding="utf-8"), block), encoding="utf-8")
