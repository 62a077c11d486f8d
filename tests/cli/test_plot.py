"""Figures drawn by the real program: files, data, the terminal, and names that do not fit."""

import json
import xml.etree.ElementTree

from program import Case

SWEEP = """
parameters:
  learning_rate: {values: [0.001, 0.01]}
  layers: {values: ["4", "8"]}
method: grid
metric: {name: val_accuracy, goal: maximize}
"""


class Plot(Case):
    def setUp(self):
        super().setUp()
        self.small_set()
        self.run_id = self.train("--epochs", "2", "--layers", "8")[-1]["run"]

    def svg(self, path):
        root = xml.etree.ElementTree.parse(self.folder / path).getroot()
        self.assertTrue(root.tag.endswith("svg"))
        return "".join(root.itertext())

    def test_one_figure_in_every_form(self):
        forms = ["--svg", "c.svg", "--png", "c.png", "--data", "c.json"]
        ran = self.succeeds("plot", "confusion", "--of", self.run_id, *forms)
        self.assertEqual((ran.stdout, ran.stderr.count("→")), ("", 3))
        self.assertIn("Accuracy", self.svg("c.svg"))
        self.assertEqual((self.folder / "c.png").read_bytes()[:4], b"\x89PNG")
        figure = json.loads((self.folder / "c.json").read_text())
        self.assertEqual((figure["figure"], figure["kind"], len(figure["data"]["names"])), ("confusion", "confusion", 3))
        self.succeeds("plot", "confusion", "--of", "last", "--svg", "again.svg", "--theme", "dark")
        self.assertNotEqual((self.folder / "c.svg").read_bytes(), (self.folder / "again.svg").read_bytes())
        self.succeeds("plot", "confusion", "--of", "last", "--svg", "again.svg", "--theme", "light")
        self.assertEqual((self.folder / "c.svg").read_bytes(), (self.folder / "again.svg").read_bytes())

    def test_many_figures_into_a_folder(self):
        names = ["curves", "samples", "confusion", "errors", "scores", "reliability", "first_layer"]
        self.succeeds("plot", *names, "--of", self.run_id, "--out", "deep/figures")
        files = sorted(path.name for path in (self.folder / "deep/figures").iterdir())
        self.assertEqual(files, sorted(f"{name}.{form}" for name in names for form in ("png", "svg")))

    def test_in_a_terminal(self):
        ran = self.succeeds("plot", "curves", "--of", "last")
        self.assertNotIn("\x1b", ran.stdout)
        self.assertGreater(ran.stdout.count("\n"), 10)
        code, text = self.run_in_terminal("plot", "curves", "--of", "last", width=60, COLORTERM="truecolor")
        self.assertEqual(code, 0)
        self.assertIn("\x1b[38;2;", text)

    def test_figures_of_a_sweep(self):
        (self.folder / "sweep.yaml").write_text(SWEEP)
        self.succeeds("sweep", "sweep.yaml", "--data", "data", "--epochs", "1", "--quiet")
        names = ["parallel", "importance", "correlation", "created", "slices", "contour", "distribution", "curves"]
        self.succeeds("plot", *names, "--of", "last", "--out", "figures")
        self.assertEqual(len(list((self.folder / "figures").iterdir())), 2 * len(names))
        self.assertIn("learning", self.svg("figures/parallel.svg"))
        self.assertIn("parallel", self.fails(2, "plot", "paralel", "--of", "last"))

    def test_words_that_do_not_fit(self):
        self.assertIn("confusion", self.fails(2, "plot", "confusoin", "--of", self.run_id))
        self.assertIn("is a figure of a sweep", self.fails(2, "plot", "parallel", "--of", self.run_id))
        self.assertIn("nothing", self.fails(2, "plot", "curves", "--of", "nothing"))
        self.assertIn("--of", self.fails(2, "plot", "curves"))
        self.assertIn("--out", self.fails(2, "plot", "curves", "scores", "--of", "last", "--svg", "x.svg"))
        self.assertIn("dark", self.fails(2, "plot", "curves", "--of", "last", "--theme", "blue"))
        self.fails(4, "plot", "curves", "--of", "last", "--svg", "nowhere/x.svg")
        (self.folder / "file").write_text("")
        self.fails(4, "plot", "curves", "--of", "last", "--out", "file/folder")
        self.fails(4, "plot", "curves", "--of", "last", "--workspace", "elsewhere")
