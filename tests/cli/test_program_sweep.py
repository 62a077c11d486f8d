"""Sweeps whose trials are runs of another program."""

import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

from program import ATELIER, Case

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "examples" / "sweep_program"

# Writes down that it runs, does what its parameters say, and says what it was given.
PROGRAM = """
import argparse, json, os, sys, time
flags = argparse.ArgumentParser()
flags.add_argument("--x", type=float)
flags.add_argument("--rounds", type=int, default=6)
flags.add_argument("--pause", type=float, default=0)
flags.add_argument("--do", default="")
given, _ = flags.parse_known_args()
with open("pids", "a") as out:
    out.write(f"{os.getpid()} {os.environ['WANDB_RUN_ID']} {os.environ['ATELIER_ATTEMPT']}\\n")
print("hello from", os.environ["WANDB_SWEEP_ID"])
if given.do == "nothing":
    sys.exit(0)
if given.do == "hang" and given.x > 1:
    time.sleep(600)
for round in range(given.rounds):
    if given.do == "crash" and given.x == 2 and round == 2:
        raise ValueError("x is two")
    print(json.dumps({"event": "epoch", "epoch": round + 1, "score": given.x + round / 100}))
    time.sleep(given.pause)
print(json.dumps({"event": "end", "last": given.x}))
"""


class ProgramSweeps(Case):
    def setUp(self):
        super().setUp()
        # A folder of its own: whatever `python` is outside, the programs run with the Python of this test.
        (self.folder / "bin").mkdir()
        (self.folder / "bin" / "python").symlink_to(os.path.realpath(sys.executable))
        self.environment["PATH"] = f"{self.folder / 'bin'}:{self.environment['PATH']}"
        (self.folder / "train.py").write_text(PROGRAM)

    def sweep_file(self, method="grid", x=(1, 2, 3, 4), goal="maximize", more="", **constants):
        lines = [f"  {name}: {{value: {value}}}" for name, value in constants.items()]
        (self.folder / "sweep.yaml").write_text(
            f"program: train.py\nmethod: {method}\nmetric: {{name: score, goal: {goal}}}\n{more}\n"
            f"parameters:\n  x: {{values: {list(x)}}}\n" + "\n".join(lines) + "\n"
        )

    def trials(self):
        """Everything of each trial, by number."""
        database = sqlite3.connect(f"file:{self.folder / 'atelier-runs' / 'runs.db'}?mode=ro", uri=True)
        self.assertEqual(database.execute("PRAGMA integrity_check").fetchone(), ("ok",))
        rows = database.execute(
            "SELECT seq, id, state, reason, attempt, config, summary FROM run WHERE sweep IS NOT NULL ORDER BY number"
        ).fetchall()
        trials = []
        for seq, run, state, reason, attempt, config, summary in rows:
            history = database.execute("SELECT metrics FROM epoch WHERE run = ? ORDER BY epoch", (seq,)).fetchall()
            trials.append(
                {"id": run, "state": state, "reason": reason, "attempt": attempt, "config": json.loads(config),
                 "summary": json.loads(summary), "history": [json.loads(m)["score"] for (m,) in history]}
            )  # fmt: skip
        return trials

    def pids(self):
        path = self.folder / "pids"
        return [int(line.split()[0]) for line in path.read_text().splitlines()] if path.exists() else []

    def await_programs(self, count):
        for _ in range(1000):
            if len(self.pids()) >= count:
                return
            time.sleep(0.02)
        self.fail(f"fewer than {count} programs have begun")

    def no_program_is_left(self):
        for _ in range(750):  # the grace is 10 s
            left = [pid for pid in self.pids() if os.path.exists(f"/proc/{pid}/fd") and self.is_ours(pid)]
            if not left:
                return
            time.sleep(0.02)
        self.fail(f"still running: {left}")

    @staticmethod
    def is_ours(pid):
        try:
            return b"train.py" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False

    def test_the_trials_of_a_program_are_runs_like_others(self):
        self.sweep_file(rounds=3)
        ran = self.succeeds("sweep", "sweep.yaml", "--workers", "2")
        self.assertIn("best score 4.02", ran.stdout)
        trials = self.trials()
        self.assertEqual([t["state"] for t in trials], ["finished"] * 4)
        for number, trial in enumerate(trials):
            x = number + 1
            self.assertEqual(trial["config"], {"rounds": 3, "x": x})
            self.assertEqual(trial["history"], [x, x + 0.01, x + 0.02])
            summary = trial["summary"]
            self.assertEqual((summary["score"], summary["epochs"], summary["last"]), (x + 0.02, 3, x))
            self.assertEqual((summary["best_score"], summary["best_epoch"]), (x + 0.02, 3))
            log = (self.folder / "atelier-runs" / trial["id"] / "output.log").read_text()
            self.assertEqual(log, f"hello from {trial['id'].split('-')[0]}\n")
        listed = self.succeeds("runs", "list", "--where", "score > 3", "--json").stdout.splitlines()
        self.assertEqual(sorted(json.loads(line)["config"]["x"] for line in listed), [3, 4])
        self.assertIn("output.log", self.succeeds("runs", "show", trials[0]["id"]).stdout)

    def test_hyperband_stops_the_worse(self):
        self.sweep_file(x=(8, 7, 6, 5, 4, 3, 2, 1), more="early_terminate: {type: hyperband, min_iter: 2, eta: 2}",
                        pause=0.05)  # fmt: skip
        self.succeeds("sweep", "sweep.yaml", "--workers", "1")
        trials = self.trials()
        self.assertEqual([t["state"] for t in trials], ["finished"] * 2 + ["stopped_early"] * 6)
        for trial in trials[2:]:
            self.assertEqual(len(trial["history"]), 3)  # one past the band
            self.assertIn("hyperband: score", trial["reason"])
            self.assertNotIn("last", trial["summary"])
        self.no_program_is_left()

    def test_a_trial_that_crashes_ends_nothing(self):
        self.sweep_file(do="crash")
        self.succeeds("sweep", "sweep.yaml", "--workers", "2", "--retry", "1")
        trials = self.trials()
        self.assertEqual([t["state"] for t in trials], ["finished", "failed", "finished", "finished"])
        self.assertIn("exit code 1: ", trials[1]["reason"])
        self.assertIn("ValueError: x is two", trials[1]["reason"])
        self.assertEqual(len(trials[1]["history"]), 2)
        self.assertEqual(len(self.pids()), 5)  # the failed one was tried again
        log = (self.folder / "atelier-runs" / trials[1]["id"] / "output.log").read_text()
        self.assertEqual(log.count("Traceback"), 2)

    def test_without_event_lines_a_trial_has_failed(self):
        self.sweep_file(do="nothing", x=(1, 2))
        self.assertIn("no event line was seen", self.fails(2, "sweep", "sweep.yaml"))
        for trial in self.trials():
            self.assertEqual(trial["state"], "failed")
            self.assertTrue(trial["reason"].startswith("no event line was seen"), trial["reason"])

    def test_a_program_that_never_works_does_not_burn_the_budget(self):
        self.sweep_file(x=range(20), do="nothing", rounds=1)
        error = self.fails(2, "sweep", "sweep.yaml", "--workers", "1")
        self.assertIn("the first 3 trials have all failed", error)
        self.assertIn("no event line was seen", error)
        self.assertEqual(len(self.pids()), 3)
        (self.folder / "train.py").write_text(PROGRAM.replace('"nothing"', '"no"'))
        self.succeeds("sweep", "--resume", "--retry", "1", "--workers", "2")
        self.assertEqual({t["state"] for t in self.trials()}, {"finished"})
        self.assertEqual(len(self.trials()), 20)

    def test_nobody_reads_the_events_any_more(self):
        self.sweep_file(pause=0.1)
        process = self.start_program("sweep", "sweep.yaml", "--workers", "2", "--json")
        process.stdout.readline()
        process.stdout.close()
        process.wait(timeout=60)
        self.assertIn("to go on: atelier sweep --resume", process.stderr.read())
        self.assertNotIn("running", [t["state"] for t in self.trials()])
        self.no_program_is_left()

    def test_a_parent_that_ignores_its_children_hangs_nothing(self):
        self.sweep_file(rounds=1)
        words = [ATELIER, "sweep", "sweep.yaml", "--workers", "2"]
        ignore = lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        ran = subprocess.run(words, cwd=self.folder, env=self.environment, preexec_fn=ignore, timeout=60, capture_output=True)
        self.assertEqual(ran.returncode, 0, ran.stderr)

    def test_killed_with_its_worker_a_trial_begins_again(self):
        self.sweep_file(pause=0.1)
        process = self.start_program("sweep", "sweep.yaml", "--workers", "2")
        self.await_programs(2)
        time.sleep(0.3)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        self.no_program_is_left()
        self.succeeds("sweep", "--resume", "--workers", "2")
        trials = self.trials()
        self.assertEqual([t["state"] for t in trials], ["finished"] * 4)
        for number, trial in enumerate(trials):
            self.assertEqual(trial["history"], [number + 1 + round / 100 for round in range(6)])
        self.assertGreaterEqual(sum(t["attempt"] == 2 for t in trials), 1)
        self.assertEqual(len(self.pids()), 4 + sum(t["attempt"] == 2 for t in trials))

    def test_asked_to_stop_it_takes_its_programs_along(self):
        self.sweep_file(pause=0.2)
        process = self.start_program("sweep", "sweep.yaml", "--workers", "2")
        self.await_programs(2)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, err)
        self.assertIn("--resume", err)
        self.no_program_is_left()
        self.assertNotIn("running", [t["state"] for t in self.trials()])
        self.succeeds("sweep", "--resume")
        self.assertEqual([t["state"] for t in self.trials()], ["finished"] * 4)

    def test_agents_share_the_trials(self):
        self.sweep_file(x=range(1, 9), pause=0.1)
        leader = self.start_program("sweep", "sweep.yaml", "--workers", "1")
        self.await_programs(1)
        agent = self.start_program("agent", "--workers", "2")
        for process in (leader, agent):
            _, err = process.communicate(timeout=120)
            self.assertEqual(process.returncode, 0, err)
        trials = self.trials()
        self.assertEqual([(t["state"], t["attempt"], len(t["history"])) for t in trials], [("finished", 1, 6)] * 8)
        self.assertEqual(len(self.pids()), 8)

    def test_the_target_stops_those_that_run(self):
        (self.folder / "sweep.yaml").write_text(
            "program: train.py\nmethod: grid\nmetric: {name: score, goal: minimize, target: 1.5}\n"
            "parameters: {x: {values: [3, 1, 2, 4]}, do: {value: hang}}\n"
        )
        began = time.monotonic()
        self.succeeds("sweep", "sweep.yaml", "--workers", "2", "--parallel", "2")
        self.assertLess(time.monotonic() - began, 60)
        states = [t["state"] for t in self.trials()]
        self.assertEqual(states.count("finished"), 1)
        self.assertEqual(set(states), {"finished", "stopped_early"})
        self.no_program_is_left()

    def test_declared_epochs_make_a_sweep_repeatable_and_are_held_to(self):
        self.sweep_file(rounds=3)
        self.succeeds("sweep", "sweep.yaml", "--map", "rounds=epochs")
        self.assertEqual([t["state"] for t in self.trials()], ["finished"] * 4)
        shutil.rmtree(self.folder / "atelier-runs")
        self.sweep_file(rounds=3, epochs=2, x=(1,))
        self.assertIn("--resume", self.fails(2, "sweep", "sweep.yaml", "--map", "epochs=epochs"))
        (trial,) = self.trials()
        self.assertEqual((trial["state"], len(trial["history"])), ("failed", 2))
        self.assertIn("more epochs than 2", trial["reason"])

    def test_events_of_a_sweep(self):
        self.sweep_file(rounds=2, x=(1,))
        lines = self.succeeds("sweep", "sweep.yaml", "--json").stdout.splitlines()
        events = [json.loads(line) for line in lines]
        self.assertEqual([e["event"] for e in events], ["trial", "epoch", "epoch", "trial", "end"])
        self.assertEqual((events[2]["epoch"], events[2]["score"], events[2]["trial"]), (2, 1.01, 0))
        self.assertEqual(events[-1]["best"]["score"], 1.01)

    def test_what_cannot_be_run_is_said_before_a_sweep_is_made(self):
        self.sweep_file(more="early_terminate: {type: asha}")
        self.assertIn("hyperband", self.fails(2, "sweep", "sweep.yaml"))
        self.sweep_file()
        self.assertIn("no setting epochs", self.fails(2, "sweep", "sweep.yaml", "--epochs", "3"))
        self.assertIn("means nothing to a program", self.fails(2, "sweep", "sweep.yaml", "--map", "x=learning_rate"))
        (self.folder / "train.py").unlink()
        self.assertIn("there is no program train.py", self.fails(4, "sweep", "sweep.yaml"))
        self.assertFalse(self.trials())

    def test_builtin_trains_with_atelier_all_the_same(self):
        self.small_set()
        (self.folder / "sweep.yaml").write_text(
            "program: train.py\nmethod: grid\nmetric: {name: val_loss}\nparameters: {lr: {values: [0.001, 0.01]}}\n"
        )
        self.succeeds("sweep", "sweep.yaml", "--builtin", "--data", "data", "--epochs", "1", "--layers", "4")
        self.assertEqual(self.pids(), [])
        self.assertEqual(self.succeeds("runs", "list", "--where", "val_loss > 0").stdout.count("finished"), 2)

    def test_atelier_train_is_such_a_program(self):
        self.small_set()
        (self.folder / "sweep.yaml").write_text(
            f"command: ['{ATELIER}', train, --json, --data, data, --epochs, '2', --layers, '4', '${{args}}']\n"
            "method: grid\nmetric: {name: validation_loss}\nparameters: {lr: {values: [0.001, 0.01]}}\n"
        )
        self.succeeds("sweep", "sweep.yaml", "--workers", "1")
        listed = self.succeeds("runs", "list", "--where", "validation_loss = val_loss", "--json").stdout.splitlines()
        self.assertEqual([json.loads(line)["summary"]["epochs"] for line in listed], [2, 2])

    def test_the_example_runs(self):
        for name in ("train.py", "sweep.yaml"):
            shutil.copy(EXAMPLE / name, self.folder / name)
        out = self.succeeds("sweep", "sweep.yaml", "--runs", "6", "--workers", "2").stdout
        self.assertIn("best val_loss", out)
        self.assertIn("6 trials", out)
