// compare.ts: what differs between runs, and their curves above each other.
import { isShare, percent, short } from "../../figures/numbers";
import type { Figure } from "../../figures/figure";
import type { History, Json, Run, Values } from "../api";

export interface Line {
  name: string;
  /** One a run; undefined where it has none. */
  values: (Json | undefined)[];
  differs: boolean;
}

/** The values within an object, those of objects inside under names with dots. */
export function flattened(values: Values, prefix = ""): Map<string, Json> {
  const flat = new Map<string, Json>();
  for (const [name, value] of Object.entries(values)) {
    if (value !== null && typeof value === "object" && !Array.isArray(value) && Object.keys(value).length) {
      for (const [inner, one] of flattened(value, `${prefix}${name}.`)) flat.set(inner, one);
    } else {
      flat.set(prefix + name, value);
    }
  }
  return flat;
}

/** All names in the order in which they first occur, with the values of each run. */
export function linesOf(objects: Values[]): Line[] {
  const flat = objects.map((object) => flattened(object));
  const names = [...new Set(flat.flatMap((values) => [...values.keys()]))];
  return names.map((name) => {
    const values = flat.map((one) => one.get(name));
    const texts = values.map((value) => JSON.stringify(value));
    return { name, values, differs: texts.some((text) => text !== texts[0]) };
  });
}

/** What a run is called on a chart: its name, or what tells it from the others. */
export function shortNames(runs: Run[]): string[] {
  const counts = new Map<string, number>();
  for (const run of runs) counts.set(run.name, (counts.get(run.name) ?? 0) + 1);
  return runs.map((run) => (run.name && run.name.length <= 16 && counts.get(run.name) === 1 ? run.name : run.id));
}

/** "train_loss" is the training's side of "loss". */
export function sideOf(name: string): { metric: string; role: "train" | "validation" | "other" } {
  const [, side, metric] = /^(train|val|validation)_(.+)$/.exec(name) ?? [];
  if (!side || !metric) return { metric: name, role: "other" };
  return { metric, role: side === "train" ? "train" : "validation" };
}

const first = ["accuracy", "loss"];
/** Of no interest above each other: how long an epoch took, how fast it went. */
export const left = new Set(["train_seconds", "samples_per_second", "seconds"]);

type Panel = Figure<"curves">["data"]["panels"][number];

/** Which run comes furthest, in words: by the first panel that has a validation. */
function bestOf(panels: Panel[]): string | null {
  for (const { y, lines } of panels) {
    const up = y.name === "accuracy";
    if (!up && y.name !== "loss") continue;
    let best: { name: string; value: number } | null = null;
    for (const { name, role, points } of lines) {
      if (role !== "validation") continue;
      for (const [, value] of points) {
        if (value !== null && (!best || (up ? value > best.value : value < best.value))) best = { name, value };
      }
    }
    if (best) return `${best.name} reaches ${up ? `${percent(best.value, 2)} validation accuracy, the highest` : `a validation loss of ${short(best.value, 4)}, the lowest`}`; // prettier-ignore
  }
  return null;
}

/** The curves of several runs: a panel a metric, a colour a run, training dashed. */
export function curvesOf(runs: Run[], histories: History[]): Figure<"curves"> {
  const names = shortNames(runs);
  const panels = new Map<string, Panel>();
  histories.forEach(({ names: columns, epochs, values }, r) => {
    columns.forEach((column, c) => {
      if (left.has(column)) return;
      const { metric, role } = sideOf(column);
      let panel = panels.get(metric);
      if (!panel) {
        panel = { y: { name: metric, label: metric.replaceAll("_", " "), scale: "linear" }, lines: [] };
        panels.set(metric, panel);
      }
      const points = epochs.map((epoch, e): [number, number | null] => [epoch, values[e]?.[c] ?? null]);
      panel.lines.push({
        name: role === "train" ? `${names[r]}, training` : names[r]!,
        run: runs[r]!.id,
        role,
        points,
      });
    });
  });
  const order = (metric: string): number =>
    (first.indexOf(metric) + 1 || first.length + 1) + (isShare(metric) ? 0 : 0.5);
  const sorted = [...panels.entries()].sort(([a], [b]) => order(a) - order(b) || (a < b ? -1 : 1));
  return {
    figure: "curves",
    kind: "curves",
    title: bestOf(sorted.map(([, panel]) => panel)) ?? "Curves",
    caption: "Whole lines: validation, dashed: training.",
    words: [],
    data: { x: { name: "epoch", label: "epoch", scale: "linear" }, panels: sorted.map(([, panel]) => panel) },
  };
}
