"""The README's examples run as they stand, and its map is that of the rooms."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from pages import ROOT, code_block, program

README = (ROOT / "README.md").read_text(encoding="utf-8")


def run(*command, folder, **options):
    return subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", **options)


class Examples(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        if run(program(), "samples", "--json", folder=self.folder).returncode != 0:
            self.skipTest("the Debian package dataset-fashion-mnist is not installed")

    def test_the_commands(self):
        commands = code_block(README, "sh")
        self.assertEqual(len(commands.splitlines()), 5)
        path = str(pathlib.Path(program()).parent) + os.pathsep + os.environ["PATH"]
        done = run("bash", "-e", "-c", commands, folder=self.folder, env=os.environ | {"PATH": path})
        self.assertEqual(done.returncode, 0, done.stderr)
        for said in ("Ankle boot", "validation 8", "accuracy 8", "gradients of"):
            self.assertIn(said, done.stdout)
        self.assertEqual(len(list(self.folder.glob("atelier-runs/*/model.safetensors"))), 1)
        for name in re.findall(r"--png (\S+)", commands):
            self.assertEqual((self.folder / name).read_bytes()[:4], b"\x89PNG", name)

    def test_the_search(self):
        (self.folder / "sweep.yaml").write_text(code_block(README, "yaml"), encoding="utf-8")
        path = str(pathlib.Path(program()).parent) + os.pathsep + os.environ["PATH"]
        done = run("bash", "-e", "-c", code_block(README, "bash"), folder=self.folder, env=os.environ | {"PATH": path})
        self.assertEqual(done.returncode, 0, done.stderr)
        for said in ("best val_accuracy 0.", "8 trials in", "finished"):
            self.assertIn(said, done.stdout)
        looked = run("bash", "-e", "-c", code_block(README, "bash", "## Looking"), folder=self.folder, env=os.environ | {"PATH": path})
        self.assertEqual(looked.returncode, 0, looked.stderr)
        drawn = {path.name for path in (self.folder / "figures").iterdir()}
        self.assertEqual(drawn, {f"{name}.{end}" for name in ("parallel", "importance", "slices") for end in ("svg", "png")})
        self.assertIn("best of 8 trials", (self.folder / "report.html").read_text(encoding="utf-8"))

    def test_the_program(self):
        done = run(os.environ["README_EXAMPLE"], folder=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        said = re.fullmatch(r'validation (0\.\d+), model in "(.+)"\n', done.stdout)
        self.assertIsNotNone(said, done.stdout)
        self.assertGreater(float(said[1]), 0.8)
        self.assertTrue((self.folder / said[2]).is_file())


class Map(unittest.TestCase):
    def test_names_every_room_and_no_other(self):
        rooms = {path.name for path in (ROOT / "src").iterdir() if path.is_dir()}
        shown = re.findall(r"^\| `(\w+)` \|", README, re.MULTILINE)
        self.assertEqual(set(shown), rooms)


if __name__ == "__main__":
    unittest.main()
