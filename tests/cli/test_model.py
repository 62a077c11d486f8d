"""`atelier evaluate` and `atelier predict`."""

import json
import re
import shutil

from program import Case, write_png


class Model(Case):
    def setUp(self):
        super().setUp()
        self.small_set()
        self.end = self.train("-e", "8", "-b", "16", "-sz", "16", "--test")[-1]
        self.run_name = self.end["run"]

    def evaluation(self, *words):
        return json.loads(self.succeeds("evaluate", self.run_name, "--json", *words).stdout)

    def predictions(self, *files):
        return [json.loads(line) for line in self.succeeds("predict", self.run_name, *files, "--json").stdout.splitlines()]

    def band(self, name, label, side=6, bright=200, dark=20):
        """A picture of class `label`."""
        rows = [[bright if row * 3 // side == label else dark] * side for row in range(side)]
        write_png(self.folder / name, rows)
        return name


class Evaluate(Model):
    def test_it_measures_what_the_training_measured(self):
        for split, samples, accuracy in (("test", 60, "test_accuracy"), ("validation", 24, "best_val_accuracy")):
            result = self.evaluation("--split", split)
            self.assertEqual(result["accuracy"], self.end[accuracy])
            self.assertEqual(result["samples"], samples)
        self.assertEqual(self.evaluation("--split", "train")["samples"], 216)

    def test_numbers_agree_with_the_confusion_matrix(self):
        result = self.evaluation()
        matrix = result["confusion"]
        self.assertEqual(sum(map(sum, matrix)), 60)
        self.assertAlmostEqual(sum(matrix[i][i] for i in range(3)) / 60, result["accuracy"])
        for i, line in enumerate(result["classes"]):
            self.assertEqual(line["samples"], sum(matrix[i]))
            self.assertAlmostEqual(line["recall"], matrix[i][i] / sum(matrix[i]))

    def test_tables_and_picture(self):
        ran = self.succeeds("evaluate", self.end["model"], "--png", "confusion.png")
        for word in ("accuracy", "precision", "recall", "F1", "mean over classes"):
            self.assertIn(word, ran.stdout)
        self.assertEqual((self.folder / "confusion.png").read_bytes()[:4], b"\x89PNG")

    def test_a_narrow_terminal_holds_everything(self):
        for width, samples in ((40, False), (80, True)):
            code, text = self.run_in_terminal("evaluate", self.run_name, width=width, NO_COLOR="1")
            self.assertEqual(code, 0, text)
            lines = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text).splitlines()
            self.assertEqual([line for line in lines if len(line) > width], [])
            self.assertEqual(any("F1  samples" in line for line in lines), samples)

    def test_a_picture_of_another_kind_is_refused_at_once(self):
        ran = self.run_program("evaluate", self.run_name, "--png", "x.gif")
        self.assertEqual((ran.returncode, ran.stdout), (2, ""))
        self.assertIn("hint: ", ran.stderr)

    def test_another_workspace(self):
        end = self.train("-e", "1", "--workspace", "elsewhere")[-1]
        self.succeeds("evaluate", end["run"], "--workspace", "elsewhere")
        self.fails(2, "evaluate", end["run"])

    def test_data_and_words_that_do_not_fit(self):
        self.assertIn("validation", self.fails(2, "evaluate", self.run_name, "--split", "tets"))
        self.assertIn("nothing", self.fails(2, "evaluate", "nothing"))
        self.small_set("other", side=4)
        text = self.fails(3, "evaluate", self.run_name, "--data", "other")
        self.assertIn("36", text)
        self.assertIn("16", text)

    def test_a_damaged_model(self):
        model = self.folder / self.end["model"]
        model.write_bytes(model.read_bytes()[:-4])
        self.fails(5, "evaluate", self.run_name)
        model.write_bytes(b"no model")
        self.fails(5, "evaluate", self.run_name)

    def test_changed_data_are_noticed(self):
        shutil.rmtree(self.folder / "data")
        self.small_set(noise=30)
        self.assertIn("not those the network was trained on", self.succeeds("evaluate", self.run_name).stderr)


class Predict(Model):
    def test_a_distribution_for_each_picture(self):
        files = [self.band(f"{label}.png", label) for label in range(3)]
        for label, line in enumerate(self.predictions(*files)):
            self.assertEqual(line["file"], f"{label}.png")
            self.assertEqual(line["class"], str(label))
            self.assertAlmostEqual(sum(line["probabilities"].values()), 1, places=5)
            self.assertNotIn("resized_from", line)
            self.assertFalse(line["inverted"])
        text = self.succeeds("predict", self.run_name, *files).stdout
        self.assertEqual(text.count(" %"), 9)

    def test_it_says_what_it_did_to_a_picture(self):
        text = self.succeeds("predict", self.run_name, self.band("large.png", 1, side=24)).stdout
        self.assertIn("resized from 24 × 24 to 6 × 6", text)
        line = self.predictions(self.band("negative.png", 1, bright=55, dark=235))[0]
        self.assertTrue(line["inverted"])
        self.assertEqual(line["class"], "1")

    def test_bad_pictures_hide_no_good_ones(self):
        (self.folder / "text.png").write_text("no picture")
        files = [self.band("0.png", 0), "text.png", self.band("2.png", 2)]
        ran = self.run_program("predict", self.run_name, *files, "--json")
        self.assertEqual(ran.returncode, 3)
        self.assertEqual([json.loads(line)["class"] for line in ran.stdout.splitlines()], ["0", "2"])
        self.assertIn("text.png", ran.stderr)
        text = self.fails(4, "predict", self.run_name, "nothing.png", *files)
        self.assertIn("2 of 4 pictures cannot be used", text)
        self.assertIn("nothing.png", text)
        self.assertIn("text.png", text)

    def test_pictures_that_are_none(self):
        self.assertIn("needs IMAGE", self.fails(2, "predict", self.run_name))
        self.assertIn("nothing.png", self.fails(4, "predict", self.run_name, "nothing.png"))
        (self.folder / "text.png").write_text("no picture")
        self.assertIn("text.png", self.fails(3, "predict", self.run_name, "text.png"))
        whole = (self.folder / self.band("cut.png", 1)).read_bytes()
        (self.folder / "cut.png").write_bytes(whole[:-20])
        self.assertIn("cut.png", self.fails(3, "predict", self.run_name, "cut.png"))
