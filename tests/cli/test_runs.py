"""Runs listed and read by the real program, also while a training writes."""

import csv
import io
import json
import time

from program import Case


class Runs(Case):
    def listed(self, *words):
        return [json.loads(line) for line in self.succeeds("runs", "--json", *words).stdout.splitlines()]

    def test_an_empty_workspace(self):
        ran = self.succeeds("runs")
        self.assertEqual((ran.stdout, ran.stderr.count("\n")), ("", 1))
        self.fails(4, "runs", "show", "last")

    def test_trainings_are_runs(self):
        self.small_set()
        first, second = (self.train("--epochs", n, "--layers", "8")[-1]["run"] for n in ("1", "2"))
        runs = self.listed()
        self.assertEqual([run["id"] for run in runs], [second, first])
        self.assertEqual([run["config"]["epochs"] for run in runs], [2, 1])
        self.assertTrue(all(run["state"] == "finished" and "val_accuracy" in run["summary"] for run in runs))
        self.assertEqual(self.listed("--where", "epochs = 1")[0]["id"], first)
        rows = list(csv.reader(io.StringIO(self.succeeds("runs", "--csv", "--columns", "id,layers").stdout)))
        self.assertEqual(rows, [["id", "layers"], [second, "[8]"], [first, "[8]"]])
        shown = json.loads(self.succeeds("runs", "show", "last", "--json").stdout)
        self.assertEqual([row["epoch"] for row in shown["history"]], [1, 2])
        self.assertEqual({file["name"] for file in shown["artifacts"]}, {"model", "checkpoint"})
        self.assertEqual(json.loads(self.succeeds("runs", "diff", first, second, "--json").stdout)["config"], {"epochs": [1, 2]})
        self.succeeds("runs", "delete", first)
        self.assertEqual([run["id"] for run in self.listed()], [second])
        self.assertFalse((self.folder / "atelier-runs" / first).exists())

    def test_the_environment_names_the_workspace(self):
        self.small_set()
        self.succeeds("train", "--data", "data", "--epochs", "1", ATELIER_WORKSPACE="elsewhere")
        self.assertTrue((self.folder / "elsewhere" / "runs.db").exists())
        self.assertEqual(self.succeeds("runs", ATELIER_WORKSPACE="elsewhere").stdout, self.succeeds("runs", "--workspace", "elsewhere").stdout)

    def test_a_training_is_watched_and_gone_on_with(self):
        self.small_set(train=6000)
        training = self.start_program("train", "--data", "data", "--epochs", "100000", "--quiet")
        deadline = time.monotonic() + 60
        runs = []
        while time.monotonic() < deadline and not (runs and runs[0]["summary"].get("epochs", 0) >= 2):
            runs = self.listed()
            time.sleep(0.05)
        self.assertEqual(runs[0]["state"], "running")
        self.assertGreaterEqual(runs[0]["summary"]["epochs"], 2)
        self.assertIn("is running", self.fails(2, "runs", "delete", "last"))
        training.terminate()
        training.communicate(timeout=60)
        self.assertNotEqual(self.listed()[0]["state"], "running")
        resumed = self.start_program("runs", "resume", "last", "--json")
        event = json.loads(resumed.stdout.readline())
        resumed.terminate()
        resumed.communicate(timeout=60)
        self.assertGreaterEqual(event["epoch"], 3)
