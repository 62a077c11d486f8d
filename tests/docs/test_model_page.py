"""docs/formats/model.md names what stands in a model file, all of it and nothing else."""

import gzip
import json
import pathlib
import re
import struct
import subprocess
import tempfile
import unittest

from pages import ROOT, program

PAGE = (ROOT / "docs/formats/model.md").read_text(encoding="utf-8")


def rows(heading):
    """The first cells of the table under a heading: the names in them."""
    section = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)[1]
    cells = re.findall(r"^\| (`[^|]*) \|", section, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def write_idx(path, dimensions, values):
    header = struct.pack(f">4B{len(dimensions)}I", 0, 0, 8, len(dimensions), *dimensions)
    path.write_bytes(gzip.compress(header + bytes(values)))


def header_of(path):
    content = path.read_bytes()
    (size,) = struct.unpack("<Q", content[:8])
    return json.loads(content[8 : 8 + size])


class ModelPage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """A small training of 60 pictures of 3 x 3 with everything that has tensors of its own."""
        place = tempfile.TemporaryDirectory()
        cls.addClassCleanup(place.cleanup)
        folder = pathlib.Path(place.name)
        write_idx(folder / "train-images-idx3-ubyte.gz", [60, 3, 3], [i * 7 % 256 for i in range(540)])
        write_idx(folder / "train-labels-idx1-ubyte.gz", [60], [i % 3 for i in range(60)])
        command = [program(), "train", "--data", folder, "--layers", "4", "--norm", "batch", "--epochs", "1"]
        subprocess.run([*command, "--batch-size", "20", "--quiet"], cwd=folder, check=True, capture_output=True)
        cls.header = header_of(next(folder.glob("atelier-runs/*/model.safetensors")))

    def test_names_what_the_metadata_hold(self):
        self.assertEqual(set(self.header["__metadata__"]), {"atelier"})
        self.assertEqual(set(json.loads(self.header["__metadata__"]["atelier"])), rows("Metadata"))

    def test_names_every_kind_of_tensor(self):
        kinds = {re.sub(r"\.\d+\.", ".N.", name) for name in self.header if name != "__metadata__"}
        self.assertEqual(kinds, rows("Tensors"))

    def test_numbers_layers_and_orients_weights_as_it_says(self):
        shapes = {name: entry["shape"] for name, entry in self.header.items() if name != "__metadata__"}
        self.assertEqual(shapes["layers.0.weight"], [9, 4])
        self.assertEqual(shapes["layers.1.running_mean"], [4])
        self.assertEqual(shapes["layers.3.weight"], [4, 3])


if __name__ == "__main__":
    unittest.main()
