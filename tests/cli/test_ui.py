"""The page's server as the real program: from its address to Ctrl-C."""

import http.client
import json
import signal
import urllib.parse

from program import Case


class Ui(Case):
    def serve(self, *words):
        """The program once it listens, and its address."""
        program = self.start_program("ui", "--no-open", *words)
        self.addCleanup(lambda: (program.kill(), program.communicate()))
        return program, urllib.parse.urlsplit(program.stdout.readline().strip())

    def ask(self, address, path, method="GET", body=None, **headers):
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
        text = None if body is None else json.dumps(body)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, text, headers | ({"content-type": "application/json"} if text else {}))
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        kind = answer.getheader("content-type", "")
        return answer.status, json.loads(data) if kind == "application/json" else data

    def test_a_run_from_its_training_to_its_deletion(self):
        self.small_set()
        run = self.train("--epochs", "2", "--layers", "8")[-1]["run"]
        program, address = self.serve()
        self.assertEqual(address.hostname, "127.0.0.1")
        status, workspace = self.ask(address, "/api/workspace")
        self.assertEqual((status, workspace["name"], workspace["read_only"]), (200, "atelier-runs", False))
        token = workspace["token"]

        status, found = self.ask(address, f"/api/runs/{run}")
        self.assertEqual((status, found["state"]), (200, "finished"))
        self.assertTrue(found["command"].startswith("atelier train --data="), found["command"])
        self.assertIn("--layers=8", found["command"])
        self.assertEqual(self.ask(address, f"/api/runs/{run}/history")[1]["epochs"], [1, 2])
        status, model = self.ask(address, f"/api/runs/{run}/artifacts/model")
        self.assertEqual(model, (self.folder / "atelier-runs" / run / "model.safetensors").read_bytes())
        self.assertEqual(self.ask(address, f"/api/runs/{run}/figures/curves")[1]["kind"], "curves")

        status, tried = self.ask(address, f"/api/runs/{run}/try", "POST", {"test": 0}, x_atelier_token=token)
        self.assertEqual(status, 200, tried)
        self.assertAlmostEqual(sum(tried["probabilities"]), 1, places=5)
        self.assertEqual(len(tried["gradient"]), len(tried["pixels"]))
        distances = [near["distance"] for near in tried["nearest"]]
        self.assertEqual((len(distances), distances), (5, sorted(distances)))

        self.assertEqual(self.ask(address, f"/api/runs/{run}", "PATCH", {"name": "mine"})[0], 401)
        self.assertEqual(self.ask(address, f"/api/runs/{run}", "PATCH", {"name": "mine"}, x_atelier_token=token)[0], 200)
        self.assertEqual(json.loads(self.succeeds("runs", "show", run, "--json").stdout)["name"], "mine")
        self.ask(address, "/api/runs/delete", "POST", {"ids": [run], "dry_run": False}, x_atelier_token=token)
        self.assertEqual(self.ask(address, f"/api/runs/{run}")[0], 404)

        program.send_signal(signal.SIGINT)
        self.assertEqual(program.wait(timeout=30), 0)

    def test_a_copied_folder_that_cannot_be_written(self):
        self.small_set()
        run = self.train("--epochs", "1", "--layers", "8")[-1]["run"]
        copy = self.folder / "copy"
        (self.folder / "atelier-runs").rename(copy)
        _, address = self.serve("--workspace", "copy", "--read-only")
        workspace = self.ask(address, "/api/workspace")[1]
        self.assertTrue(workspace["read_only"])
        self.assertEqual(self.ask(address, f"/api/runs/{run}")[0], 200)
        status, _ = self.ask(address, f"/api/runs/{run}", "PATCH", {"name": "x"}, x_atelier_token=workspace["token"])
        self.assertEqual(status, 403)

    def test_where_there_is_nothing_yet(self):
        _, address = self.serve()
        self.assertEqual(self.ask(address, "/api/runs")[1]["rows"], [])
        self.fails(4, "ui", "--no-open", "--workspace", "nowhere")
        self.fails(2, "ui", "--no-open", "--port", "http")
        self.fails(2, "ui", "--no-open", "--bind", "nowhere")
        self.fails(2, "ui", "--no-open", "--port", str(address.port))

    def test_two_servers_take_two_ports(self):
        addresses = [self.serve()[1] for _ in range(2)]
        self.assertNotEqual(addresses[0].port, addresses[1].port)
        for address in addresses:
            self.assertEqual(self.ask(address, "/api/workspace")[0], 200)
