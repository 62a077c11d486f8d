"""One file and its lines in the catalog, and a new optimizer or sampler is there, and is tested."""

import json
import os
import pathlib
import tempfile
import unittest

import recipe


class Change(unittest.TestCase):
    def test_puts_each_hunk_in_its_place(self):
        self.assertEqual(recipe.change("a\nb\nc\nd\n", " a\n+x\n@@\n-c\n+y\n"), "a\nx\nb\ny\nd\n")

    def test_refuses_what_is_not_there_exactly_once(self):
        for text in ("a\n", "b\nb\n"):
            with self.assertRaises(ValueError):
                recipe.change(text, "-b\n+c\n")


class AddAnOptimizer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.shop = recipe.Workshop(folder.name)
        cls.shop.follow_the_recipe()
        cls.shop.configure(os.environ.get("ATELIER_WERROR", "OFF"))
        cls.shop.build("atelier", "optim_test", "train_test")
        cls.path, _, cls.rule = recipe.steps()[0]
        cls.name = pathlib.Path(cls.path).stem

    def program(self, *words):
        return self.shop.run(self.shop.build_folder / "atelier", *words).stdout

    def test_1_it_is_one_new_file(self):
        kinds = [kind for _, kind, _ in recipe.steps()]
        self.assertEqual((kinds.count("cpp"), kinds[0]), (1, "cpp"))
        self.assertEqual(recipe.steps()[1][0], "src/optim/catalog.cpp")
        self.assertEqual(sum(recipe.lines_changed(block) for _, kind, block in recipe.steps() if kind == "diff"), 2)

    def test_2_it_is_listed(self):
        listed = [json.loads(line) for line in self.program("optimizers", "--json").splitlines()]
        self.assertIn(self.name, [entry["name"] for entry in listed])

    def test_3_it_trains(self):
        if self.shop.run(self.shop.build_folder / "atelier", "samples", "--json", check=False).returncode != 0:
            self.skipTest("the Debian package dataset-fashion-mnist is not installed")
        words = "train --epochs 1 --layers 64 --beta 0.8 --json --optimizer".split()
        end = json.loads(self.program(*words, self.name).splitlines()[-1])
        self.assertGreater(end["best_val_accuracy"], 0.75)

    def test_4_its_page_is_written(self):
        command = ["python3", "-B", "-m", "unittest", "discover", "-s", "tests/docs", "-p", "test_reference.py"]
        program = {"ATELIER": str(self.shop.build_folder / "atelier")}
        self.assertNotEqual(self.shop.run(*command, check=False, **program).returncode, 0)
        self.shop.run(*command, **program, ATELIER_WRITE_DOCS="1")
        self.shop.run(*command, **program)
        self.assertIn(f"`{self.name}`", (self.shop.root / "docs/reference/optimizers.md").read_text(encoding="utf-8"))

    def test_5_it_passes_the_tests_of_every_rule(self):
        for suite in ("optim_test", "train_test"):
            self.shop.run(self.shop.build_folder / "tests" / suite)

    def test_6_those_tests_see_a_fault_in_it(self):
        path = self.shop.root / self.path
        path.write_text(self.rule.replace("return sign(", "return -sign("), encoding="utf-8")
        self.addCleanup(path.write_text, self.rule, encoding="utf-8")
        self.shop.build("train_test")
        done = self.shop.run(
            self.shop.build_folder / "tests/train_test", "--gtest_filter=Trainer.EveryRuleLearnsTheBlobs", check=False
        )
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(self.name, done.stdout)


class AddASampler(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.shop = recipe.Workshop(folder.name)
        cls.shop.follow_the_recipe(recipe.SAMPLER)
        cls.shop.configure(os.environ.get("ATELIER_WERROR", "OFF"))
        cls.path, _, cls.proposals = recipe.steps(title=recipe.SAMPLER)[0]
        cls.name = pathlib.Path(cls.path).stem

    def battery(self, check=True):
        self.shop.build("tune_test")
        return self.shop.run(
            self.shop.build_folder / "tests/tune_test", f"--gtest_filter=Catalog/EverySampler.*/{self.name}", check=check
        )

    def test_1_it_is_one_new_file_and_two_lines(self):
        steps = recipe.steps(title=recipe.SAMPLER)
        self.assertEqual([kind for _, kind, _ in steps], ["cpp", "diff", "diff"])
        self.assertEqual(sum(recipe.lines_changed(block) for _, kind, block in steps if kind == "diff"), 2)

    def test_2_it_passes_the_tests_of_every_sampler(self):
        self.assertRegex(self.battery().stdout, r"PASSED.* [1-9]\d* tests")

    def test_3_those_tests_see_a_fault_in_it(self):
        path = self.shop.root / self.path
        path.write_text(self.proposals.replace("if (!is_active(parameter, next)) continue;", ""), encoding="utf-8")
        self.addCleanup(path.write_text, self.proposals, encoding="utf-8")
        done = self.battery(check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(self.name, done.stdout)


if __name__ == "__main__":
    unittest.main()
