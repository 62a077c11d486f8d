"""Help, catalogs and unknown words."""

import json
import os
import random

from program import Case

COMMANDS = [
    "train", "evaluate", "predict", "samples", "runs", "data", "optimizers", "schedules", "layers", "activations", "losses",
    "initialisers", "check-gradients",
]  # fmt: skip


class Words(Case):
    def test_version_is_the_projects(self):
        self.assertEqual(self.succeeds("--version").stdout, f"atelier {os.environ['ATELIER_VERSION']}\n")

    def test_overview_names_every_command_and_fits_one_screen(self):
        text = self.succeeds("--help").stdout
        self.assertEqual(text, self.succeeds().stdout)
        for command in COMMANDS:
            self.assertIn(f"  {command} ", text)
        self.assertLess(len(text.splitlines()), 40)

    def test_every_command_has_help(self):
        for command in COMMANDS:
            for words in ((command, "--help"), (command, "-h"), ("help", command)):
                self.assertIn(f"atelier {command}", self.succeeds(*words).stdout)

    def test_help_of_train_shows_the_courses_short_flags(self):
        text = self.succeeds("train", "--help").stdout
        for flag in "-wp -we -d -e -b -l -o -lr -m --beta --beta1 --beta2 -eps -w_d -w_i -nhl -sz -a".split():
            self.assertRegex(text, rf"(?m)^  {flag}[, ]")

    def test_help_says_what_stands_in_a_result(self):
        for command in ("train", "evaluate"):
            self.assertIn("± is one standard error", self.succeeds(command, "--help").stdout)
        self.assertIn("-o, --output DIR", self.succeeds("reproduce", "--help").stdout)
        self.assertIn("`last`", self.succeeds("predict", "--help").stdout)

    def test_unknown_words_are_answered_with_the_nearest(self):
        for words, hint in (
            (["trian"], "atelier train"),
            (["train", "--learing-rate", "1"], "--learning-rate"),
            (["train", "--hiden_size", "1"], "--layers"),
            (["train", "--quite"], "--quiet"),
            (["train", "-o", "adm"], "adam"),
            (["train", "-a", "ReUL"], "relu"),
            (["train", "--loss", "cross_entropie"], "cross_entropy"),
            (["train", "-w_i", "xavjer"], "xavier"),
            (["train", "--schedule", "cosin"], "cosine"),
            (["train", "-d", "fasion_mnist"], "fashion_mnist"),
            (["optimizers", "--jsno"], "--json"),
        ):
            self.assertRegex(self.fails(2, *words), rf"hint: did you mean .*{hint}")

    def test_surplus_and_missing_words(self):
        self.assertIn("found `surplus`", self.fails(2, "train", "surplus"))
        self.assertIn("needs a value", self.fails(2, "train", "--epochs"))
        self.assertIn("needs a value", self.fails(2, "train", "--epochs="))
        self.assertIn("needs MODEL", self.fails(2, "evaluate"))
        self.assertIn("needs MODEL", self.fails(2, "predict"))
        self.assertIn("a command comes first", self.fails(2, "--epochs", "3"))
        self.assertIn("atelier data check DIR", self.fails(2, "data", "chekc"))

    def test_a_flag_never_swallows_the_next_one(self):
        self.assertIn("--learning-rate needs a value\n  the next word is the flag -e\n",
                      self.fails(2, "train", "-lr", "-e", "1", "--layers", "16"))  # fmt: skip
        self.assertIn("--wandb-entity needs a value", self.fails(2, "train", "-we", "-e", "1"))
        self.assertIn("--wandb-project needs a value", self.fails(2, "train", "-wp", "--workspace", "zz"))
        self.assertIn("--png needs a value", self.fails(2, "evaluate", "x", "--png", "--json"))

    def test_empty_words_are_seen(self):
        for words in (["train", "--resume", ""], ["train", "--workspace", ""], ["train", "--config="], ["samples", ""],
                      ["samples", "--png", ""], ["evaluate", "x", "--png", ""], ["predict", "x", ""]):  # fmt: skip
            self.assertIn("an empty variable of the shell?", self.fails(2, *words))

    def test_a_switch_takes_true_or_false(self):
        self.assertIn("--json needs true or false", self.fails(2, "optimizers", "--json=5"))
        self.assertIn("found `extra`", self.fails(2, "--version", "extra"))

    def test_quiet_in_front(self):
        self.assertEqual(self.succeeds("--quiet", "losses").stdout, self.succeeds("losses").stdout)

    def test_an_instruction_set_that_is_not_there_is_said(self):
        ran = self.succeeds("losses", ATELIER_ISA="sse9")
        self.assertIn("note: ATELIER_ISA=sse9 is not followed", ran.stderr)

    def test_odd_words_crash_nothing(self):
        for words in (["-"], [""], ["--"], ["---"], ["=", "="], ["train", "-"], ["train", "--="], ["train", "-="],
                      ["train", ""], ["train", "\x1b[31m"], ["train", "--\u00e9"], ["x" * 100000],
                      ["train", "--layers=" + "9," * 50000], ["help", "nothing"]):  # fmt: skip
            self.fails(2, *words)


class Chance(Case):
    def test_no_words_crash_it(self):
        chance = random.Random(5)
        words = ["train", "evaluate", "predict", "samples", "data", "check", "optimizers", "help", "--help", "--json", "--quiet",
                 "-lr", "-sz", "-nhl", "-e10", "-b=", "--config", "--data", "--resume", "--split", "--png", "nowhere", "0", "-1",
                 "nan", "1e400", "128,64", "[", "=", "--", "-", "", "\u2603", "%n", "--layers=", "--seed=1", "a" * 5000]  # fmt: skip
        for _ in range(300):
            line = [chance.choice(words) for _ in range(chance.randrange(1, 7))]
            if "train" in line[:1] and "--help" not in line:
                line += ["--data", "nowhere"]
            ran = self.run_program(*line)
            self.assertIn(ran.returncode, (0, 2, 3, 4), f"{line}: {ran.stderr}")
            self.assertEqual(ran.returncode == 0, ran.stderr == "", line)


class Catalogs(Case):
    def entries(self, catalog):
        return [json.loads(line) for line in self.succeeds(catalog, "--json").stdout.splitlines()]

    def test_catalogs_name_what_the_issue_names(self):
        for catalog, names in (
            ("optimizers", "sgd momentum nesterov rmsprop adam nadam adamw amsgrad adagrad adadelta adamax lion eve"),
            ("activations", "identity sigmoid tanh relu leaky_relu elu gelu silu softplus"),
            ("losses", "cross_entropy squared_error squared_error_raw mean_squared_error"),
            ("initialisers", "zeros normal uniform xavier_normal xavier_uniform he_normal he_uniform lecun_normal orthogonal random"),
            ("schedules", "constant step exponential cosine one_cycle"),
            ("layers", "dense activation dropout batch_norm layer_norm residual"),
        ):
            entries = self.entries(catalog)
            self.assertLessEqual(set(names.split()), {entry["name"] for entry in entries})
            text = self.succeeds(catalog).stdout
            for entry in entries:
                self.assertTrue(entry["summary"])
                self.assertRegex(text, rf"(?m)^{entry['name']} ")

    def test_every_knob_of_an_optimizer_is_a_flag(self):
        help_text = self.succeeds("train", "--help").stdout
        for entry in self.entries("optimizers"):
            for knob in entry["knobs"]:
                self.assertRegex(help_text, rf"--{knob['name']} NUMBER")


class Data(Case):
    def test_known_sets(self):
        lines = [json.loads(line) for line in self.succeeds("data", "--json").stdout.splitlines()]
        self.assertEqual([line["name"] for line in lines], ["fashion_mnist", "mnist"])
        self.assertIn("fashion_mnist", self.succeeds("data").stdout)

    def test_check_of_a_sound_folder(self):
        self.small_set()
        text = self.succeeds("data", "check", "data").stdout
        self.assertIn("240 × 6 × 6", text)
        report = json.loads(self.succeeds("data", "check", "data", "--json").stdout)
        self.assertTrue(report["sound"])
        self.assertEqual(report["parts"][0]["shape"], [240, 6, 6])

    def test_check_of_troubled_folders(self):
        self.assertIn("nowhere", self.fails(4, "data", "check", "nowhere"))
        folder = self.small_set()
        images = folder / "train-images-idx3-ubyte.gz"
        images.write_bytes(images.read_bytes()[:500])
        text = self.fails(3, "data", "check", "data")
        self.assertIn("train-images", text)


class Samples(Case):
    def test_one_picture_of_each_class(self):
        self.small_set()
        text = self.succeeds("samples", "--data", "data", "--png", "out.png").stdout
        for name in "012":
            self.assertRegex(text, rf"\b{name}\b")
        self.assertEqual((self.folder / "out.png").read_bytes()[:8], b"\x89PNG\r\n\x1a\n")
        self.assertNotIn("\x1b", text)

    def test_seed_chooses_other_pictures(self):
        self.small_set()
        shown = [self.succeeds("samples", "--data", "data", "--json", *seed).stdout
                 for seed in ([], ["--seed", "5"], ["--seed", "5"], ["--seed", "6"])]  # fmt: skip
        self.assertEqual(shown[1], shown[2])
        self.assertEqual(len(set(shown)), 3)

    def test_troubles(self):
        ran = self.run_program("samples", "--png", "x.gif")
        self.assertEqual((ran.returncode, ran.stdout), (2, ""))
        self.assertIn("fashion_mnist", self.fails(2, "samples", "fashionmnits"))
        self.small_set()
        self.fails(4, "samples", "--data", "data", "--png", "nowhere/out.png")
        self.fails(2, "samples", "--data", "data", "--seed", "x")


class Gradients(Case):
    def test_all_are_right(self):
        text = self.succeeds("check-gradients").stdout
        self.assertIn("are right", text)
        checks = [json.loads(line) for line in self.succeeds("check-gradients", "--json").stdout.splitlines()]
        self.assertTrue(all(check["right"] and check["worst"] < 1e-6 for check in checks))
        self.assertEqual(len({check["activation"] for check in checks}), 9)
