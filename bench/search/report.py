"""report.py: what the traces say, as docs/benchmarks/search.md.

The regret of each search at each budget; its median over the seeds; and for `bayes` against each other method a two-sided
Wilcoxon signed-rank test over the paired seeds, corrected by Holm over all tests against that method. "Better" and "worse"
are what the test shows at a level of 0.05; anything else is "not told apart".

    python bench/search/report.py [--set test] [--traces bench/search/traces] [--to docs/benchmarks/search.md]
"""
import argparse
import json
import math
import pathlib
import statistics

from scipy.stats import rankdata, wilcoxon

HERE = pathlib.Path(__file__).parent
OURS = "bayes"
OTHERS = {  # name in the traces: name on the page
    "tpe": "`tpe`, ours",
    "random": "random",
    "optuna_tpe": "Optuna TPE",
    "optuna_tpe_classic": "Optuna TPE, classic",
    "wandb_bayes": "W&B bayes",
    "optuna_gp": "Optuna GP",
}
BUDGETS = [25, 50, 100, 200]
LEVEL = 0.05


def read(path):
    """{seed: [(trial, regret)]} of a file of traces."""
    searches = {}
    for line in path.read_text().splitlines()[1:]:
        seed, trial, regret = line.split(",")
        searches.setdefault(int(seed), []).append((int(trial), float(regret)))
    return searches


def at(search, budget):
    """The regret after so many trials; None when the search was shorter."""
    if search[-1][0] < budget:
        return None
    return [regret for trial, regret in search if trial <= budget][-1]


def regrets(folder, objective, method):
    """{budget: {seed: regret}}."""
    path = folder / objective / f"{method}.csv"
    searches = read(path) if path.exists() else {}
    found = {}
    for budget in BUDGETS:
        values = {seed: at(search, budget) for seed, search in searches.items()}
        found[budget] = {seed: value for seed, value in values.items() if value is not None}
    return found


def compare(ours, theirs):
    """The test over the seeds that both have, and which side it leans to."""
    gaps = [theirs[seed] - ours[seed] for seed in sorted(ours.keys() & theirs.keys()) if theirs[seed] != ours[seed]]
    leaning = sum(math.copysign(rank, gap) for rank, gap in zip(rankdata([abs(gap) for gap in gaps]), gaps))
    p = wilcoxon(gaps).pvalue if gaps else 1.0
    return {"p": p, "better": leaning > 0, "seeds": len(ours.keys() & theirs.keys())}


def holm(tests):
    """Adds to each test its verdict."""
    largest = 0.0
    for i, test in enumerate(sorted(tests, key=lambda t: t["p"])):
        largest = max(largest, min(1.0, (len(tests) - i) * test["p"]))
        test["adjusted"] = largest
        test["verdict"] = ("better" if test["better"] else "worse") if largest < LEVEL else "not told apart"


def measure(folder, objectives):
    """({(objective, method): {budget: {seed: regret}}}, {method: [tests]})."""
    all_regrets = {(o, m): regrets(folder, o, m) for o in objectives for m in [OURS, *OTHERS]}
    tests = {}
    for other in OTHERS:
        tests[other] = []
        for objective in objectives:
            for budget in BUDGETS:
                ours, theirs = all_regrets[objective, OURS][budget], all_regrets[objective, other][budget]
                if len(ours.keys() & theirs.keys()) >= 6:
                    tests[other].append({"objective": objective, "budget": budget, **compare(ours, theirs)})
        holm(tests[other])
    return all_regrets, tests


def number(value):
    return "0" if value == 0 else f"{value:.2g}" if 1e-3 <= abs(value) < 1e3 else f"{value:.1e}"


def summary(tests, medians):
    """Per method: the verdicts, what the tests would say uncorrected, and the medians side by side."""
    yield "| `bayes` against | seeds | better | not told apart | worse | uncorrected better : worse | median lower : higher |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for other, name in OTHERS.items():
        if not tests[other]:
            continue
        count = {v: sum(t["verdict"] == v for t in tests[other]) for v in ("better", "not told apart", "worse")}
        seeds = sorted({t["seeds"] for t in tests[other]})
        span = str(seeds[0]) if len(seeds) == 1 else f"{seeds[0]} to {seeds[-1]}"
        plain = [t["better"] for t in tests[other] if t["p"] < LEVEL]
        pairs = [(medians[t["objective"], OURS][t["budget"]], medians[t["objective"], other][t["budget"]])
                 for t in tests[other]]
        lower, higher = sum(x < y for x, y in pairs), sum(x > y for x, y in pairs)
        cells = [name, span, *map(str, count.values()), f"{sum(plain)} : {len(plain) - sum(plain)}", f"{lower} : {higher}"]
        yield "| " + " | ".join(cells) + " |"
    mute = [OTHERS[m] for m in OTHERS if tests[m] and len(tests[m]) * 0.5 ** (max(t["seeds"] for t in tests[m]) - 1) >= LEVEL]
    if mute:
        yield ""
        yield f"There are too few seeds against {', '.join(mute)}: after the correction not even a win with every seed counts."


def losses(tests, medians):
    lost = [(other, t) for other in OTHERS for t in tests[other] if t["verdict"] == "worse"]
    if not lost:
        yield "No test shows `bayes` to be worse than any other, at any budget."
    for other, t in lost:
        ours, theirs = medians[t["objective"], OURS][t["budget"]], medians[t["objective"], other][t["budget"]]
        yield (f"- Worse than {OTHERS[other]} on {t['objective']} after {t['budget']} trials: median regret {number(ours)} "
               f"against {number(theirs)} ({t['seeds']} seeds, p = {t['adjusted']:.2g}).")


def behind(tests, medians):
    """Where a median of ours is above another's, though the test cannot tell."""
    for other in OTHERS:
        for t in tests[other]:
            ours, theirs = medians[t["objective"], OURS][t["budget"]], medians[t["objective"], other][t["budget"]]
            if t["verdict"] == "not told apart" and ours > theirs:
                yield f"- {t['objective']}, {t['budget']} trials: {number(ours)} against {number(theirs)} of {OTHERS[other]}."


def table(objective, medians, tests):
    shown = [m for m in [OURS, *OTHERS] if any(v is not None for v in medians[objective, m].values())]
    yield f"| {objective} | " + " | ".join("`bayes`" if m == OURS else OTHERS[m] for m in shown) + " |"
    yield "|---:|" + "---:|" * len(shown)
    for budget in BUDGETS:
        cells = []
        for method in shown:
            value = medians[objective, method][budget]
            verdict = next((t["verdict"] for t in tests.get(method, [])
                            if t["objective"] == objective and t["budget"] == budget), "")
            mark = {"better": " ▲", "worse": " ▼"}.get(verdict, "")
            cells.append("" if value is None else number(value) + mark)
        yield f"| {budget} | " + " | ".join(cells) + " |"


def page(objectives, folder, intro):
    all_regrets, tests = measure(folder, objectives)
    medians = {key: {budget: statistics.median(values.values()) if values else None for budget, values in by.items()}
               for key, by in all_regrets.items()}
    measured = [o for o in objectives if any(medians[o, OURS].values())]
    parts = [intro.rstrip(), "", "## The result", "", *summary(tests, medians), ""]
    parts += ["### Where it is worse", "", *losses(tests, medians), ""]
    parts += ["Behind in the median, though the test does not tell the two apart:", "", *behind(tests, medians), ""]
    parts += ["## Median regrets", ""]
    parts += ["▲: `bayes` is better than this method; ▼: it is worse; no mark: not told apart.", ""]
    for objective in measured:
        parts += [*table(objective, medians, tests), ""]
    return "\n".join(parts)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--set", default="test", help="test or held_back")
    parser.add_argument("--objectives", help="names, with commas; all of the set when absent")
    parser.add_argument("--traces", type=pathlib.Path, default=HERE / "traces")
    parser.add_argument("--to", type=pathlib.Path, help="the page; standard output when absent")
    wanted = parser.parse_args()
    listed = json.loads((HERE / "objectives.json").read_text())
    objectives = wanted.objectives.split(",") if wanted.objectives else [
        o["name"] for o in listed if o["set"] == wanted.set]
    text = page(objectives, wanted.traces, (HERE / "intro.md").read_text())
    if wanted.to:
        wanted.to.parent.mkdir(parents=True, exist_ok=True)
        wanted.to.write_text(text)
    else:
        print(text)


if __name__ == "__main__":
    main()
