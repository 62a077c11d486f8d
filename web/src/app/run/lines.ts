// lines.ts: the live curves of a run as a figure: what was measured by epoch and by step, as somebody wants to see it.
import { isShare } from "../../figures/numbers";
import type { Axis, CurvesData, Figure } from "../../figures/figure";
import type { History } from "../api";
import { left, sideOf } from "../runs/compare";
import type { Series } from "./answers";
import { ofEpoch, ofStep, type Clock, type Measure } from "./clock";
import { smoothed } from "./smooth";
import type { CurvesView } from "./view";

type Panel = CurvesData["panels"][number];
type Line = Panel["lines"][number];

const labels: Record<Measure, string> = { epoch: "epoch", step: "step", time: "training time [s]" };

/** The names of metrics in both, in the order of their panels: loss and accuracy, then the others. */
export function metricsOf(history: History, series: Series | undefined): string[] {
  const names = [...history.names, ...Object.keys(series?.series ?? {})].filter((name) => !left.has(name));
  const metrics = [...new Set(names.map((name) => sideOf(name).metric))];
  const place = (metric: string): number => ["loss", "accuracy"].indexOf(metric) + 1 || 3;
  return metrics.sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
}

const nameOf = (metric: string, role: Line["role"]): string =>
  role === "other" ? metric.replaceAll("_", " ") : role === "train" ? "training" : "validation";

/** The lines of one metric; those by step are in the background where the same is known by epoch. */
function linesOf(metric: string, run: string, history: History, series: Series | undefined, clock: Clock, by: Measure): Line[] {
  const lines: Line[] = [];
  history.names.forEach((name, n) => {
    const side = sideOf(name);
    if (side.metric !== metric || left.has(name)) return;
    const points: Line["points"] = [];
    history.epochs.forEach((epoch, e) => {
      const x = ofEpoch(clock, by, epoch);
      if (x !== null) points.push([x, history.values[e]?.[n] ?? null]);
    });
    lines.push({ name: nameOf(metric, side.role), run, role: side.role, points });
  });
  for (const [name, buckets] of Object.entries(series?.series ?? {})) {
    const side = sideOf(name);
    if (side.metric !== metric) continue;
    const points: Line["points"] = [];
    const band: NonNullable<Line["band"]> = [];
    for (const [step, last, low, high] of buckets) {
      const x = ofStep(clock, by, step);
      if (x === null) continue;
      points.push([x, last]);
      if ((series?.width ?? 1) > 1 && low !== null && high !== null) band.push([x, low, high]);
    }
    const faint = lines.some(({ role }) => role === side.role);
    const line: Line = { name: `${nameOf(metric, side.role)}, by step`, run, role: side.role, points };
    if (points.length) lines.push({ ...line, ...(band.length ? { band } : {}), ...(faint ? { faint } : {}) });
  }
  return lines;
} // prettier-ignore

/** What of a line lies in a range, with one point more at either side, so that it goes to the edge. */
function within(line: Line, [from, to]: [number, number]): Line {
  const inside = line.points.findIndex(([x]) => x >= from);
  const after = line.points.findIndex(([x]) => x > to);
  const points = line.points.slice(inside < 0 ? -1 : Math.max(inside - 1, 0), after < 0 ? undefined : after + 1);
  const ends = [points[0]?.[0] ?? from, points[points.length - 1]?.[0] ?? to] as const;
  return { ...line, points, ...(line.band ? { band: line.band.filter(([x]) => x >= ends[0] && x <= ends[1]) } : {}) };
}

/** Without what a logarithm does not have. */
function positive(line: Line, logX: boolean, logY: boolean): Line {
  const kept = logX ? line.points.filter(([x]) => x > 0) : line.points;
  const points = logY ? kept.map(([x, y]): Line["points"][number] => [x, y !== null && y > 0 ? y : null]) : kept;
  const band = line.band?.filter(([x, low]) => (!logX || x > 0) && (!logY || low > 0));
  return { ...line, points, ...(band ? { band } : {}) };
}

/** A line, and before it its raw values where it is smoothed over so much of what is shown. */
function softened(line: Line, view: CurvesView, extent: number): Line[] {
  if (view.smoothing === "none" || line.points.length < 3) return [line];
  const { band: _, faint: __, ...soft } = line;
  const width = (extent * view.width) / 100;
  return [
    { ...line, name: `${line.name}, raw`, faint: true },
    { ...soft, points: smoothed(line.points, view.smoothing, width) },
  ];
}

export interface Measured {
  run: string;
  history: History;
  series: Series | undefined;
  clock: Clock;
}

/** The figure of these metrics. `told` has its title and words. */
export function curvesFigure(measured: Measured, metrics: string[], view: CurvesView, told?: Figure): Figure<"curves"> {
  const { run, history, series, clock } = measured;
  const raw = metrics.map((metric) => linesOf(metric, run, history, series, clock, view.x));
  const ends = raw
    .flat()
    .flatMap(({ points }) => (points.length ? [points[0]![0], points[points.length - 1]![0]] : []));
  const extent = view.range ?? (ends.length ? [Math.min(...ends), Math.max(...ends)] : [0, 1]);
  const panels = metrics.map((metric, m): Panel => {
    const logY = view.logY && !isShare(metric); // Between 0 and 1 it would show less, not more.
    const y: Axis = { name: metric, label: metric.replaceAll("_", " "), scale: logY ? "log" : "linear" }; // prettier-ignore
    const lines = raw[m]!.flatMap((line) => {
      const shown = positive(view.range ? within(line, view.range) : line, view.logX, logY);
      return softened(shown, view, extent[1]! - extent[0]!);
    });
    return { y, lines: lines.filter(({ points }) => points.length > 0) };
  });
  const best = (told?.data as CurvesData | undefined)?.marks?.map(({ x, name }) => ({ x: ofEpoch(clock, view.x, x), name })) ?? []; // prettier-ignore
  const marks = best.filter((mark): mark is { x: number; name: string } => mark.x !== null && mark.x >= extent[0]! && mark.x <= extent[1]!); // prettier-ignore
  const bands = panels.some(({ lines }) => lines.some(({ band }) => band?.length));
  return {
    figure: "curves",
    kind: "curves",
    title: told?.title ?? "Curves",
    caption: (told?.caption ?? "") + (bands ? "; a band is from the least to the greatest of the steps that a point stands for" : ""), // prettier-ignore
    words: told?.words ?? [],
    data: {
      x: { name: view.x, label: labels[view.x], scale: view.logX ? "log" : "linear" },
      panels: panels.filter(({ lines }) => lines.length > 0),
      ...(marks.length ? { marks } : {}),
    },
  };
}

/** A history with one epoch more, or with the newer values of an epoch that it has. */
export function withEpoch(history: History, epoch: number, metrics: { [name: string]: unknown }): History {
  const names = [...history.names, ...Object.keys(metrics).filter((name) => !history.names.includes(name))];
  const row = names.map((name) => (typeof metrics[name] === "number" ? metrics[name] : null));
  const kept = history.epochs.map((one, e) => [one, history.values[e]!] as const).filter(([one]) => one < epoch);
  return {
    names,
    epochs: [...kept.map(([one]) => one), epoch],
    values: [...kept.map(([, values]) => names.map((_, n) => values[n] ?? null)), row],
  };
}
