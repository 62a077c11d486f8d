// axes.ts: parallel coordinates as their reader has arranged them: order, direction, scale and colour of the axes.
import type { Figure, ParallelData, Scale } from "../../figures/figure";

import { stopOf, type Lane } from "../../figures/lane";
import { metricColumn, type Condition } from "./selection";

/** "learning_rate,-optimizer": names in order, flipped ones with a minus; axes that are not named follow. */
export interface Arrangement {
  order: string[];
  flipped: Set<string>;
  /** Names of axes whose scale is not the one that they came with. */
  scales: { [name: string]: Scale };
  /** The axis whose values colour the lines; empty: the metric. */
  colour: string;
}

/** The metric goes by a name of its own: a parameter may be called the same. */
export const nameAt = (data: ParallelData, axis: number): string =>
  axis === data.axes.length - 1 ? metricColumn : data.axes[axis]!.name;

export function arrangementOf(query: { [name: string]: string }): Arrangement {
  const order: string[] = [];
  const flipped = new Set<string>();
  for (const word of (query["axes"] ?? "").split(",").filter(Boolean)) {
    const name = word.startsWith("-") ? word.slice(1) : word;
    order.push(name);
    if (name !== word) flipped.add(name);
  }
  const scales: Arrangement["scales"] = {};
  for (const word of (query["scales"] ?? "").split(",").filter(Boolean)) {
    const [name, scale] = word.split(":");
    if (name && (scale === "linear" || scale === "log" || scale === "category")) scales[name] = scale;
  }
  return { order, flipped, scales, colour: query["colour"] ?? "" };
}

/** For the query of the address. */
export function arrangementText(arrangement: Arrangement): { axes: string; scales: string; colour: string } {
  return {
    axes: arrangement.order.map((name) => (arrangement.flipped.has(name) ? `-${name}` : name)).join(","),
    scales: Object.entries(arrangement.scales).map(([name, scale]) => `${name}:${scale}`).join(","),
    colour: arrangement.colour,
  }; // prettier-ignore
}

/** The places of the figure's axes in the order of the arrangement. */
export function orderOf(data: ParallelData, arrangement: Arrangement): number[] {
  const names = data.axes.map((_, i) => nameAt(data, i));
  const first = arrangement.order.map((name) => names.indexOf(name)).filter((at) => at >= 0);
  const unique = [...new Set(first)];
  return [...unique, ...names.keys()].filter((at, i, all) => all.indexOf(at) === i);
}

/** Which scales an axis can have: a logarithm needs numbers above zero. */
export function scalesFor(data: ParallelData, axis: number): Scale[] {
  const values = data.lines.map((line) => line.values[axis] ?? null).filter((value) => value !== null);
  if (values.some((value) => typeof value === "string")) return ["category"];
  const scales: Scale[] = ["linear"];
  if (values.every((value) => Number(value) > 0)) scales.push("log");
  if (new Set(values).size <= 24) scales.push("category");
  return scales;
}

/** The figure with its axes as they are arranged. */
export function arranged(figure: Figure<"parallel">, arrangement: Arrangement): Figure<"parallel"> {
  const { data } = figure;
  const order = orderOf(data, arrangement);
  const axes = order.map((at) => {
    const axis = data.axes[at]!;
    const scale = arrangement.scales[nameAt(data, at)] ?? axis.scale;
    const flipped = arrangement.flipped.has(nameAt(data, at));
    if (scale !== "category" || axis.scale === "category") return { ...axis, scale, flipped };
    const values = [...new Set(data.lines.map((line) => line.values[at]).filter((value) => typeof value === "number"))];
    return { ...axis, scale, flipped, values: values.sort((a, b) => Number(a) - Number(b)).map(String) };
  });
  const lines = data.lines.map((line) => ({ trial: line.trial, values: order.map((at) => line.values[at] ?? null) }));
  const colour = data.axes.findIndex((_, i) => nameAt(data, i) === arrangement.colour);
  const metric = order.indexOf(data.axes.length - 1);
  return {
    ...figure,
    data: { ...data, axes, lines, metric, colour: colour < 0 ? metric : order.indexOf(colour) },
  };
}

/** What a brush on an axis, in the places of its lane, asks of the trials. */
export function conditionOf(lane: Lane, intervals: [number, number][]): Condition {
  if (!lane.even) return { ranges: intervals };
  const inside = (stop: number | string): boolean => {
    const at = stopOf(lane, stop);
    return intervals.some(([low, high]) => low <= at + 0.2 && at - 0.2 <= high);
  };
  const stops = lane.stops.filter(inside);
  if (lane.axis.scale === "category") return { values: stops.map(String) };
  return { ranges: stops.map((stop) => [Number(stop), Number(stop)]) };
}

/** The brush on an axis that a condition is drawn as. */
export function intervalsOf(lane: Lane, condition: Condition | undefined): [number, number][] {
  if (!condition) return [];
  if ("ranges" in condition && !lane.even) return condition.ranges;
  const has = (stop: number | string): boolean =>
    "values" in condition
      ? condition.values.includes(String(stop))
      : condition.ranges.some(([low, high]) => low <= Number(stop) && Number(stop) <= high);
  const places = lane.stops.filter(has).map((stop) => stopOf(lane, stop));
  const intervals: [number, number][] = [];
  for (const place of places) {
    const last = intervals[intervals.length - 1];
    if (last && place - last[1] < 0.7) last[1] = place + 0.35;
    else intervals.push([place - 0.35, place + 0.35]);
  }
  return intervals;
}
