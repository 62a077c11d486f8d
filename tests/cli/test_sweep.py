"""Sweeps by the real program: begun, resumed, helped, confirmed, and refused with a reason."""

import json
import re
import signal
import statistics
import time

from program import Case

SWEEP = """
method: random
metric: {name: val_acc, goal: maximize}
run_cap: 6
seed: 3
parameters:
  layer_size: {values: [[8], [12, 8], [16]]}
  lr: {distribution: log_uniform_values, min: 1e-4, max: 0.01}
  optimizer: {values: [sgd, adam]}
"""
MAP = ("--map", "layer_size=layers")


class SweepCase(Case):
    def setUp(self):
        super().setUp()
        self.small_set(train=600, noise=55)
        self.write(SWEEP)

    def write(self, text, name="sweep.yaml"):
        (self.folder / name).write_text(text)

    def words(self, *more, file="sweep.yaml"):
        return ("sweep", file, "--data", "data", "--epochs", "2", "--parallel", "2", *MAP, *more)

    def events(self, *words):
        return [json.loads(line) for line in self.succeeds(*words, "--json").stdout.splitlines()]

    def search(self, *more):
        """A whole sweep; its last event."""
        end = self.events(*self.words(*more))[-1]
        self.assertTrue(end["over"])
        return end

    def trials(self, sweep):
        lines = self.succeeds("runs", "--json", "--where", f'sweep = "{sweep}"', "--sort", "trial").stdout.splitlines()
        return [json.loads(line) for line in lines]


class Searching(SweepCase):
    def test_events_tell_every_trial(self):
        events = self.events(*self.words())
        end = events[-1]
        self.assertEqual((end["event"], end["trials"], end["over"]), ("end", 6, True))
        self.assertTrue(end["ending"])
        epochs = [event for event in events if event["event"] == "epoch"]
        self.assertEqual(len(epochs), 12)
        states = [event["state"] for event in events if event["event"] == "trial"]
        self.assertEqual((states.count("running"), states.count("finished")), (6, 6))
        best = max(event["val_accuracy"] for event in epochs if event["epoch"] == 2)
        self.assertEqual(end["best"]["val_accuracy"], best)
        self.assertIn(end["best"]["configuration"]["optimizer"], ("sgd", "adam"))
        self.assertEqual(len(self.trials(end["sweep"])), 6)

    def test_the_same_words_give_the_same_sweep(self):
        one, two = (self.search("--workspace", name, "--workers", n) for name, n in (("a", "1"), ("b", "2")))
        for end in (one, two):
            del end["sweep"], end["best"]["run"]
        self.assertEqual(one, two)

    def test_what_a_sweep_cannot_honour_is_refused(self):
        self.assertIn("the sweep file decides learning-rate", self.fails(2, *self.words("--learning-rate", "0.1")))
        self.assertIn("sweep.yaml:9 has the parameter optimizer", self.fails(2, *self.words("--optimizer", "sgd")))
        sweep = self.search()["sweep"]
        for words in (("--parallel", "4"), ("--audit", "0"), ("--sweep-seed", "9"), ("--enqueue", "optimizer=adam"),
                      ("--epochs", "1"), ("--lr", "3"), ("--after", sweep), ("--map", "a=b")):  # fmt: skip
            self.assertIn("keeps its own", self.fails(2, "sweep", "--resume", sweep, *words))
        self.assertIn("it can only be given more", self.fails(2, "sweep", "--resume", sweep, "--runs", "3"))
        self.assertEqual(self.events("sweep", "--resume", sweep, "--runs", "8")[-1]["trials"], 8)

    def test_sweeps_are_listed_and_deleted(self):
        self.assertIn("there are no sweeps here yet", self.succeeds("sweep", "list").stderr)
        one, two = self.search()["sweep"], self.search()["sweep"]
        lines = self.succeeds("sweep", "list").stdout.splitlines()
        self.assertEqual([line.split()[0] for line in lines if line[0] != "─"], ["id", two, one])
        told = self.events("sweep", "list")
        self.assertEqual([(line["id"], line["state"], line["trials"]) for line in told],
                         [(two, "finished", {"finished": 6}), (one, "finished", {"finished": 6})])  # fmt: skip
        self.assertIn("would delete sweep", self.succeeds("sweep", "delete", one, "--dry-run").stdout)
        self.assertIn(f"deleted sweep {one} with 6 trials", self.succeeds("sweep", "delete", one + "\r").stdout)
        self.assertEqual([line["id"] for line in self.events("sweep", "list")], [two])
        self.assertFalse((self.folder / "atelier-runs" / f"{one}-0").exists())
        self.succeeds("runs", "delete", f"{two}-1")
        self.assertIn(f"1 deleted trial of sweep {two} is trained again", self.succeeds("sweep", "--resume", two).stderr)
        self.succeeds("runs", "delete", "--where", f'sweep = "{two}"', "--yes")
        self.assertIn(f"all 6 trials of sweep {two} were deleted", self.fails(2, "sweep", "--resume"))

    def test_the_data_may_have_moved(self):
        self.succeeds(*self.words("--for", "0.05s"))
        (self.folder / "data").rename(self.folder / "moved")
        self.assertEqual(self.run_program("sweep", "--resume").returncode, 4)
        self.assertTrue(self.events("sweep", "--resume", "--data", "moved")[-1]["over"])

    def test_a_sweep_that_is_over_is_resumed_without_work(self):
        end = self.search()
        for words in (("--resume",), ("--resume", end["sweep"]), ("--resume", "last")):
            events = self.events("sweep", *words)
            self.assertEqual(events, [end])

    def test_plain_output(self):
        ran = self.succeeds(*self.words())
        self.assertRegex(ran.stdout, r"^best val_accuracy \d\.\d{4}   \w+-\d+   .*\n6 trials in .*: 6 finished\n$")
        self.assertEqual(ran.stderr.count("finished  val_accuracy"), 6)
        self.assertRegex(ran.stderr, r"next: atelier evaluate \S+   ·   atelier sweep --resume \S+ --confirm\n$")
        self.assertNotIn("\x1b", ran.stderr)
        quiet = self.succeeds(*self.words("--quiet"))
        self.assertEqual(quiet.stderr, "")

    def test_enqueued_configurations_come_first(self):
        end = self.search("--enqueue", "layer_size=[12,8],optimizer=sgd,lr=0.005", "--enqueue", "optimizer=adam,layer_size=16")
        first, second = self.trials(end["sweep"])[:2]
        self.assertEqual((first["config"]["layers"], first["config"]["optimizer"]), ([12, 8], "sgd"))
        self.assertEqual(first["config"]["learning_rate"], 0.005)
        self.assertEqual((second["config"]["layers"], second["config"]["optimizer"]), ([16], "adam"))
        for words, told in (
            ("optimizer=lion", "it takes sgd, adam"),
            ("layer_size=13", "it takes [8], [12,8], [16]"),
            ("lr=7", "7 is no value of lr in this sweep\n  it takes 0.0001 to 0.01"),
            ("momentum=0.9", "the sweep has no momentum"),
            ("adam", "found `adam`"),
            ("lr=", "found `lr=`"),
        ):
            self.assertIn(told, self.fails(2, *self.words("--enqueue", words)))

    def test_after_an_earlier_sweep_nothing_is_tried_again(self):
        space = "method: grid\nparameters:\n  optimizer: {values: [sgd, adam, nadam]}\n  batch_size: {values: [16, 32]}\n"
        self.write(space + "run_cap: 3\n", "one.yaml")
        self.write(space, "two.yaml")
        words = ("--data", "data", "--epochs", "1", "--layers", "8")
        one = self.events("sweep", "one.yaml", *words)[-1]["sweep"]
        two = self.events("sweep", "two.yaml", *words, "--runs", "3", "--after", one)[-1]["sweep"]
        tried = [{(run["config"]["optimizer"], run["config"]["batch_size"]) for run in self.trials(sweep)} for sweep in (one, two)]
        self.assertEqual([len(t) for t in tried], [3, 3])
        self.assertFalse(tried[0] & tried[1])
        self.assertIn('no sweep "zz"', self.fails(2, "sweep", "two.yaml", *words, "--after", "zz"))

    def test_time_up_is_no_end(self):
        self.write(SWEEP.replace("run_cap: 6\n", ""))
        ran = self.succeeds(*self.words("--for", "0.5s"))
        self.assertRegex(ran.stderr, r"not over; to go on: atelier sweep --resume \w+\n")
        before = len(self.trials(ran.stderr.split()[-1]))
        self.succeeds("sweep", "--resume", "--for", "0.5s")
        self.assertGreater(len(self.trials(ran.stderr.split()[-1])), before)
        self.assertIn("for example 90s, 10m or 2h", self.fails(2, *self.words("--for", "soon")))

    def test_ctrl_c_says_how_to_go_on(self):
        self.write(SWEEP)
        process = self.start_program(*self.words("--workspace", "my runs", "--confirm", "2", "--epochs", "100000"))
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not self.running_trials("my runs"):
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, err)
        self.assertRegex(err, r"to go on: atelier sweep --resume \w+ --workspace 'my runs' --confirm 2\n$")
        self.assertEqual(self.running_trials("my runs"), [])

    def running_trials(self, workspace):
        ran = self.run_program("runs", "--workspace", workspace, "--json", "--where", 'state = "running"')
        return [run for line in ran.stdout.splitlines() if (run := json.loads(line))["summary"].get("epochs", 0) > 0]

    def test_terminals_wide_and_narrow(self):
        for width in (100, 40):
            code, seen = self.run_in_terminal(*self.words("--workspace", f"w{width}"), width=width)
            self.assertEqual(code, 0)
            self.assertIn("6/6 trials", seen)
            self.assertIn("best val_accuracy", seen)
        code, seen = self.run_in_terminal("sweep", "--resume", "last", "--confirm", "2", "--seeds", "3", "--workspace", "w40", width=40)
        self.assertEqual(code, 0)
        table = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen[seen.rindex("trial ") : seen.rindex("next:")])
        self.assertLessEqual(max(map(len, table.splitlines())), 40)


class Refusing(SweepCase):
    def test_bad_files_are_told_by_line(self):
        for text, line, told in (
            ("method: randon\nparameters: {lr: {value: 1}}\n", 1, "did you mean `random`"),
            ("method: random\nparameters:\n  lr: {min: 1, max: 0}\n", 3, "lr"),
            ("method: random\nparameters:\n  lr: {value: 0.1}\n  optimiser_name: {value: adam}\n", 4, "is no setting of a training"),
            ("method: random\nparameters:\n  optimizer: {values: [adm]}\n", 3, "adam"),
            ("method: random\nmetric: {name: val_f1}\nparameters:\n  lr: {value: 0.1}\n", 2, "a training has no metric val_f1"),
            ("method: random\nparameters:\n  - lr\n", 2, "parameters"),
            ("method: random\n\tparameters: 5\n", 2, ""),
        ):
            self.write(text, "bad.yaml")
            error = self.fails(2, "sweep", "bad.yaml", "--data", "data")
            self.assertIn(f"error: bad.yaml:{line}: ", error)
            self.assertIn(told, error)
        self.assertIn("there is no sweep file none.yaml", self.fails(4, "sweep", "none.yaml"))
        self.assertIn("a sweep needs its file", self.fails(2, "sweep"))

    def test_mapping(self):
        self.write(SWEEP.replace("layer_size", "hidden"))
        self.assertIn("sweep.yaml:7: hidden is no setting of a training", self.fails(2, "sweep", "sweep.yaml", "--data", "data"))
        ran = self.succeeds("sweep", "sweep.yaml", "--data", "data", "--epochs", "1", "--map", "hidden=layers", "--json")
        self.assertIn("hidden", json.loads(ran.stdout.splitlines()[-1])["best"]["configuration"])
        for words, told in (("layers", "theirs=ours"), ("=layers", "theirs=ours"), ("width=layers", "the sweep has no width")):
            self.assertIn(told, self.fails(2, "sweep", "sweep.yaml", "--data", "data", "--map", "hidden=layers", "--map", words))

    def test_builtin_trains_where_a_program_is_named(self):
        self.write("program: none.py\n" + SWEEP, "program.yaml")
        self.assertIn("there is no program none.py", self.fails(4, "sweep", "program.yaml"))
        self.assertEqual(self.events(*self.words("--builtin", file="program.yaml"))[-1]["trials"], 6)
        self.write("command: [\"true\"]\n" + SWEEP, "true.yaml")
        error = self.fails(2, "sweep", "true.yaml", "--confirm")
        self.assertIn("this sweep runs another program", error)

    def test_numbers(self):
        for option, value in (("--runs", "0"), ("--parallel", "none"), ("--workers", "0"), ("--audit", "2"), ("--retry", "-1"),
                              ("--sweep-seed", "x"), ("--seeds", "5"), ("--confirm=many", "x"), ("--confirm=0", "x")):  # fmt: skip
            words = (option, value) if "=" not in option else (option,)
            self.assertIn(option.split("=")[0], self.fails(2, *self.words(*words)))
        self.assertIn("from 2 to 1000", self.fails(2, *self.words("--confirm", "--seeds", "1")))

    def test_sweeps_that_are_not_there(self):
        for words in (("sweep", "--resume"), ("agent",), ("agent", "last")):
            self.assertIn("there is no sweep in this workspace", self.fails(2, *words))
        sweep = self.search()["sweep"]
        for words in (("sweep", "--resume", "zz"), ("agent", "zz")):
            error = self.fails(2, *words)
            self.assertIn('there is no sweep "zz"', error)
            self.assertIn(f"the newest is {sweep}", error)
        self.assertIn(f"sweep {sweep} is over", self.fails(2, "agent", sweep))

    def test_a_sweep_of_seeds_is_not_confirmed(self):
        self.write("method: grid\nmetric: {name: val_accuracy, goal: maximize}\nparameters:\n  seed: {values: [1, 2]}\n", "seeds.yaml")
        words = ("sweep", "seeds.yaml", "--data", "data", "--epochs", "1", "--layers", "8")
        self.assertIn("this sweep searches seed itself", self.fails(2, *words, "--confirm"))
        self.events(*words)
        self.assertIn("this sweep searches seed itself", self.fails(2, "sweep", "--resume", "--confirm"))


class Confirming(SweepCase):
    def test_winners_are_trained_again(self):
        end = self.search()
        sweep = end["sweep"]
        events = self.events("sweep", "--resume", sweep, "--confirm", "3", "--seeds", "5")
        told = events[-1]
        self.assertEqual((told["event"], told["sweep"], told["confirmation"]), ("confirmation", sweep, f"{sweep}-confirm"))
        self.assertEqual((told["metric"], told["seeds"]), ("val_accuracy", [2, 4, 5, 6, 7]))  # 3 is the search's
        searched = {trial["trial"]: trial for trial in self.trials(sweep)}
        ranks = sorted(searched.values(), key=lambda trial: -trial["summary"]["val_accuracy"])
        self.assertEqual([w["first"] for w in told["winners"]], [t["summary"]["val_accuracy"] for t in ranks[:3]])
        self.assertEqual(told["winners"][0]["run"], end["best"]["run"])

        trained = self.trials(f"{sweep}-confirm")
        self.assertEqual(len(trained), 15)
        self.assertTrue(all("confirmation" in run["tags"] and run["state"] == "finished" for run in trained))
        for winner in told["winners"]:
            config = {**searched[winner["trial"]]["config"]}
            own = [run for run in trained if {**run["config"], "seed": config["seed"]} == config]
            scores = {run["config"]["seed"]: run["summary"]["val_accuracy"] for run in own}
            self.assertEqual([scores[seed] for seed in told["seeds"]], winner["scores"])
            self.assertAlmostEqual(winner["again"]["mean"], statistics.fmean(winner["scores"]))
            half = 2.7764451052 * statistics.stdev(winner["scores"]) / 5**0.5
            self.assertAlmostEqual(winner["again"]["high"] - winner["again"]["mean"], half)
        self.assertAlmostEqual(told["luck"]["mean"], told["winners"][0]["first"] - told["winners"][0]["again"]["mean"])
        means = {winner["trial"]: winner["again"]["mean"] for winner in told["winners"]}
        self.assertEqual(means[told["best"]], max(means.values()))
        self.assertIn(told["best"], told["best_set"])
        self.assertGreaterEqual(len(told["words"]), 2)

        again = self.events("sweep", "--resume", sweep, "--confirm", "3", "--seeds", "5")
        self.assertEqual(again[-1], told)
        self.assertEqual([event["event"] for event in again], ["end", "confirmation"])
        self.assertEqual(self.events("sweep", "--resume", f"{sweep}-confirm")[-1], told)
        self.assertEqual(self.events("sweep", "--resume", "--confirm", "3", "--seeds", "5")[-1], told)
        other = self.events("sweep", "--resume", sweep, "--confirm", "2", "--seeds", "2")[-1]
        self.assertEqual(other["confirmation"], f"{sweep}-confirm2")

    def test_bare_means_five_and_ten(self):
        events = self.events(*self.words("--workspace", "w", "--confirm", "--epochs", "1"))
        self.assertEqual((len(events[-1]["winners"]), len(events[-1]["seeds"])), (5, 10))
        events = self.events("sweep", "--confirm", "sweep.yaml", "--data", "data", "--epochs", "1", *MAP, "--seeds", "2", "--runs", "2")
        self.assertEqual((len(events[-1]["winners"]), len(events[-1]["seeds"])), (2, 2))

    def test_a_confirmation_is_stopped_and_gone_on_with(self):
        sweep = self.search("--workspace", "whole")["sweep"]
        whole = self.events("sweep", "--resume", sweep, "--workspace", "whole", "--confirm", "3", "--seeds", "6", "--workers", "1")[-1]
        sweep = self.search("--workspace", "parts")["sweep"]
        process = self.start_program("sweep", "--resume", sweep, "--workspace", "parts", "--confirm", "3", "--seeds", "6", "--json")
        for line in process.stdout:
            if json.loads(line).get("state") == "finished":
                break
        process.send_signal(signal.SIGKILL)
        process.communicate()
        self.events("sweep", "--resume", "last", "--workspace", "parts", "--for", "0.2s")
        parts = self.events("sweep", "--resume", "last", "--workspace", "parts")[-1]
        for told in (whole, parts):
            del told["sweep"], told["confirmation"]
            for winner in told["winners"]:
                del winner["run"]
        self.assertEqual(whole, parts)

    def test_table_and_sentences(self):
        sweep = self.search()["sweep"]
        ran = self.succeeds("sweep", "--resume", sweep, "--confirm", "3", "--seeds", "5")
        self.assertRegex(ran.stdout, r"(?m)^trial +first +again +behind the best +configuration$")
        self.assertRegex(ran.stdout, r"(?m)^#\d +\d+\.\d+ % +\d+\.\d+ %.* best")
        self.assertRegex(ran.stdout, r"The winner's first score, \d+\.\d+ %, (was|is within noise)")
        self.assertNotIn("best val_accuracy", ran.stdout)
        self.assertIn("fresh seeds each", ran.stderr)

    def test_values_of_all_kinds_survive(self):
        self.write("""
method: random
metric: {name: validation_loss}
run_cap: 8
parameters:
  num_layers: {values: [1, 2]}
  width_1: {values: [8, 12]}
  width_2: {values: [8, 12], when: {num_layers: [2]}}
  seed: {value: 9}
  learning_rate: {distribution: log_uniform_values, min: 1e-5, max: 0.1}
  batch_size: {distribution: q_uniform, min: 16, max: 64, q: 16}
  residual: {values: [true, false]}
""")
        told = self.events(*("sweep", "sweep.yaml", "--data", "data", "--epochs", "1", "--confirm", "6", "--seeds", "2"))[-1]
        self.assertEqual(told["seeds"], [10, 11])
        searched = {trial["trial"]: trial["config"] for trial in self.trials(told["sweep"])}
        configs = [run["config"] for run in self.trials(told["confirmation"])]
        for winner in told["winners"]:
            for seed in told["seeds"]:
                self.assertIn({**searched[winner["trial"]], "seed": seed}, configs)
        self.assertEqual(len(configs), 12)
        self.assertAlmostEqual(told["luck"]["mean"], told["winners"][0]["again"]["mean"] - told["winners"][0]["first"])

    def test_nothing_finished_is_nothing_to_confirm(self):
        self.write("method: random\nmetric: {name: val_loss}\nrun_cap: 2\nparameters:\n  lr: {distribution: uniform, min: 900, max: 1000}\n")
        words = ("sweep", "sweep.yaml", "--data", "data", "--epochs", "2", "--optimizer", "sgd", "--loss", "squared_error_raw", "--activation", "identity", "--schedule", "constant", "--batch-size", "4")
        error = self.fails(3, *words, "--confirm")
        self.assertIn("has no finished trial to confirm", error)
