"""Sweeps that are killed, helped and resumed end like one that was left alone, to the bit."""

import hashlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import time

from program import ATELIER, Case

KILLS = int(os.environ.get("ATELIER_KILLS", "5"))
SEED = int(os.environ.get("ATELIER_KILL_SEED", "0")) or int(time.time())

SWEEP = """
method: {method}
name: killed
metric: {{name: val_loss}}
run_cap: {cap}
seed: 3
early_terminate: {stopping}
parameters:
  layers: {{values: [[16], [24, 24], [32, 16, 8]]}}
  learning_rate: {{distribution: log_uniform_values, min: 1e-4, max: 0.1}}
  optimizer: {{values: [sgd, adam, nadam]}}
  batch_size: {{values: [8, 16]}}
"""


class SweepCase(Case):
    maxDiff = None

    def setUp(self):
        super().setUp()
        self.small_set(train=2000, classes=4, side=8, noise=55)

    def sweep_file(self, method="bayes", cap=18, stopping="{type: asha, min_iter: 1, eta: 2}"):
        path = self.folder / "sweep.yaml"
        path.write_text(SWEEP.format(method=method, cap=cap, stopping=stopping))
        return path

    def words(self, workspace, *words):
        return [ATELIER, *map(str, words), "--workspace", workspace, "--quiet"]

    def new_sweep(self, workspace, *more):
        return self.words(workspace, "sweep", "sweep.yaml", "--data", "data", "--epochs", "8", "--parallel", "3", *more)

    def start(self, words):
        return subprocess.Popen(
            words, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, encoding="utf-8",
        )  # fmt: skip

    def finish(self, process):
        out, err = process.communicate(timeout=600)
        self.assertEqual(process.returncode, 0, out + err)
        return out

    def database(self, workspace):
        return sqlite3.connect(f"file:{self.folder / workspace / 'runs.db'}?mode=ro", uri=True)

    def record(self, workspace):
        """Everything that must not depend on how a sweep was run: trials, states, reasons, histories, models."""
        database = self.database(workspace)
        self.assertEqual(database.execute("PRAGMA integrity_check").fetchone(), ("ok",))
        trials = []
        rows = database.execute(
            "SELECT seq, id, number, name, state, reason, config, summary FROM run WHERE sweep IS NOT NULL ORDER BY number"
        )
        for seq, run, number, name, state, reason, config, summary in rows.fetchall():
            self.assertNotIn(state, ("queued", "running", "paused"))
            history = database.execute("SELECT epoch, metrics FROM epoch WHERE run = ? ORDER BY epoch", (seq,)).fetchall()
            self.assertEqual([epoch for epoch, _ in history], list(range(1, len(history) + 1)))
            timed = ("train_seconds", "samples_per_second", "seconds")
            plain = lambda text: {k: v for k, v in json.loads(text).items() if k not in timed}
            model = self.folder / workspace / run / "model.safetensors"
            digest = hashlib.sha256(model.read_bytes()).hexdigest() if model.exists() else None
            trials.append(
                (number, name, state, reason, config, plain(summary), [plain(m) for _, m in history], digest)
            )
        self.assertEqual([trial[0] for trial in trials], list(range(len(trials))))
        return trials

    def same(self, one, other):
        states = [[trial[2:4] for trial in trials] for trials in (one, other)]
        self.assertEqual(*states)
        for a, b in zip(one, other, strict=True):
            self.assertEqual(a, b, f"trial {a[0]}")


class Killed(SweepCase):
    def test_kill_9_at_any_moment_changes_nothing(self):
        self.sweep_file()
        self.finish(self.start(self.new_sweep("whole", "--workers", "2")))
        whole = self.record("whole")
        self.assertEqual(len(whole), 18)
        self.assertTrue(any(trial[2] == "finished" for trial in whole))
        self.assertTrue(any(trial[2] == "stopped_early" for trial in whole))

        chance = random.Random(SEED)
        print(f"ATELIER_KILL_SEED={SEED}")
        words, kills, started = self.new_sweep("killed", "--workers", "2"), 0, False
        while kills < KILLS:
            process = self.start(words)
            # Short lives too, so that the beginning, the recall and the first claims are hit as well.
            patience = chance.choice((0.05, 0.2, 0.6)) * (0.3 + 1.4 * chance.random())
            try:
                process.communicate(timeout=patience)
                self.assertEqual(process.returncode, 0)
                # All done before enough kills: once more from the start, in another workspace.
                self.same(self.record("killed"), whole)
                os.rename(self.folder / "killed", self.folder / f"done-{len(list(self.folder.iterdir()))}")
                words, started = self.new_sweep("killed", "--workers", "2"), False
                continue
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.communicate()
                kills += 1
            database = self.folder / "killed" / "runs.db"
            if not started and database.exists():
                tables = sqlite3.connect(database).execute("SELECT name FROM sqlite_schema").fetchall()
                if ("sweep",) in tables:
                    started = sqlite3.connect(database).execute("SELECT count(*) FROM sweep").fetchone()[0] > 0
            if started:
                words = self.words("killed", "sweep", "--resume", "--workers", str(chance.randint(1, 3)))
        self.assertGreater(kills, 0)
        if (self.folder / "killed").exists():
            self.finish(self.start(words))
            self.same(self.record("killed"), whole)


class Helped(SweepCase):
    def test_agents_change_nothing(self):
        self.sweep_file(method="tpe", stopping="{type: median, min_trials: 4}")
        self.finish(self.start(self.new_sweep("whole", "--workers", "1")))
        leader = self.start(self.new_sweep("helped", "--workers", "1"))
        agents = []
        while len(agents) < 2 and leader.poll() is None:
            agent = self.start(self.words("helped", "agent", "--workers", "1"))
            time.sleep(0.1)
            if agent.poll() is None or agent.returncode == 0:
                agents.append(agent)
            else:
                agent.communicate()
        if agents:  # the first one dies in the middle of it
            time.sleep(0.3)
            agents[0].send_signal(signal.SIGKILL)
            agents[0].communicate()
        self.finish(leader)
        for agent in agents[1:]:
            agent.communicate(timeout=600)
        self.same(self.record("helped"), self.record("whole"))

    def test_a_sweep_that_was_asked_to_stop_goes_on(self):
        self.sweep_file(method="random", stopping="{type: hyperband, min_iter: 2, eta: 2}", cap=10)
        self.finish(self.start(self.new_sweep("whole", "--workers", "2")))
        for words in (self.new_sweep("stopped", "--for", "0.3s"),) + 50 * (
            self.words("stopped", "sweep", "--resume", "--for", "0.5s"),
        ):
            self.finish(self.start(words))
            if self.database("stopped").execute("SELECT state FROM sweep").fetchone() == ("finished",):
                break
        self.same(self.record("stopped"), self.record("whole"))
