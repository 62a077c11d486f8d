"""peers.py: the searches of others on the same objectives, scored by `search_bench judge`. Goes on where it was stopped.

optuna_tpe          TPESampler as Optuna 5 sets it up: multivariate
optuna_tpe_classic  TPESampler(multivariate=False), the default before
optuna_gp           GPSampler
wandb_bayes         bayes_search_next_runs of the package sweeps, W&B's own engine

Ordered lists are given to Optuna as the positions 0, 1, ... of their values, which is the best that it can be told; words
as categories. W&B's engine is given the list, as in a sweep file.

    python bench/search/peers.py PEER --program build/release/bench/search/search_bench [--set test] [--seeds 30]
"""
import argparse
import json
import os
import pathlib
import subprocess

os.environ.setdefault("OMP_NUM_THREADS", "1")
HERE = pathlib.Path(__file__).parent


class Optuna:
    """A sampler of Optuna, by ask and tell."""

    def __init__(self, make, parameters, seed):
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self.study = optuna.create_study(sampler=make(optuna.samplers, seed))
        self.parameters = parameters

    @staticmethod
    def suggest(trial, name, domain):
        values = domain.get("values")
        if values is None:
            return trial.suggest_float(name, domain["min"], domain["max"])
        if isinstance(values[0], str):
            return trial.suggest_categorical(name, values)
        return values[trial.suggest_int(name, 0, len(values) - 1)]

    def ask(self):
        self.trial = self.study.ask()
        return {name: self.suggest(self.trial, name, domain) for name, domain in self.parameters.items()}

    def tell(self, loss):
        self.study.tell(self.trial, loss)


class Wandb:
    """W&B's engine, which draws from numpy's global generator."""

    def __init__(self, parameters, seed):
        import numpy
        import sweeps

        numpy.random.seed(seed)
        self.sweeps, self.runs = sweeps, []
        self.config = {"method": "bayes", "metric": {"name": "loss", "goal": "minimize"}, "parameters": parameters}

    def ask(self):
        from sweeps.bayes_search import bayes_search_next_runs

        (self.run,) = bayes_search_next_runs(self.runs, self.config)
        return {name: entry["value"] for name, entry in self.run.config.items()}

    def tell(self, loss):
        self.run.state = self.sweeps.RunState.finished
        self.run.history = [{"loss": loss}]
        self.run.summary_metrics = {"loss": loss}
        self.runs.append(self.run)


def tpe(samplers, seed):
    return samplers.TPESampler(seed=seed)


def tpe_classic(samplers, seed):
    return samplers.TPESampler(seed=seed, multivariate=False)


def gp(samplers, seed):
    import torch

    torch.set_num_threads(1)
    return samplers.GPSampler(seed=seed)


PEERS = {
    "optuna_tpe": lambda parameters, seed: Optuna(tpe, parameters, seed),
    "optuna_tpe_classic": lambda parameters, seed: Optuna(tpe_classic, parameters, seed),
    "optuna_gp": lambda parameters, seed: Optuna(gp, parameters, seed),
    "wandb_bayes": Wandb,
}


def search(peer, objective, seed, trials, program, traces):
    """One search; False when its trace is there already."""
    command = [program, "judge", "--objectives", objective["name"], "--methods", peer, "--first", str(seed)]
    command += ["--trials", str(trials), "--list", str(HERE / "objectives.json"), "--own", str(HERE / "own.csv")]
    command += ["--traces", str(traces)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as judge:
        wanted = int(judge.stdout.readline())
        own = PEERS[peer](objective["parameters"], seed) if wanted else None
        for _ in range(wanted):
            print(json.dumps(own.ask()), file=judge.stdin)
            own.tell(float(judge.stdout.readline()))
    if judge.returncode:
        raise SystemExit(f"error: the judge refused {objective['name']} of {peer}, seed {seed}")
    return wanted > 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("peer", choices=PEERS)
    parser.add_argument("--program", required=True, help="search_bench")
    parser.add_argument("--set", default="test", help="test or held_back")
    parser.add_argument("--objectives", help="names, with commas; all of the set when absent")
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--traces", type=pathlib.Path, default=HERE / "traces")
    wanted = parser.parse_args()
    names = wanted.objectives.split(",") if wanted.objectives else None
    objectives = json.loads((HERE / "objectives.json").read_text())
    chosen = [o for o in objectives if (o["name"] in names if names else o["set"] == wanted.set)]
    for seed in range(wanted.seeds):
        for objective in chosen:
            if search(wanted.peer, objective, seed, wanted.trials, wanted.program, wanted.traces):
                print(wanted.peer, objective["name"], "seed", seed, flush=True)


if __name__ == "__main__":
    main()
