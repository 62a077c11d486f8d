// lane.ts: an axis over the values of a parameter: numbers, or the values of a category side by side.
import type { Axis } from "./figure";
import { tick } from "./numbers";

export interface Lane {
  axis: Axis;
  /** The different values in order, where they are few; none where they are many. */
  stops: (number | string)[];
  /** Stops stand side by side, whatever their distance: those of a category, and numbers such as 0, 0.0005, 0.5. */
  even: boolean;
  low: number;
  high: number;
}

/** The different numbers among values, rising; none when there are more than so many. */
function fewNumbers(values: (number | string | null)[], most: number): number[] {
  const found: number[] = [];
  for (let i = 0; i < values.length; ++i) {
    const value = values[i];
    if (typeof value !== "number" || found.indexOf(value) >= 0) continue;
    found.push(value);
    if (found.length > most) return [];
  }
  return found.sort((a, b) => a - b);
}

/** Whether some numbers would stand on top of each other. */
function crowded(stops: number[], measure: (value: number) => number): boolean {
  const extent = measure(stops[stops.length - 1]!) - measure(stops[0]!);
  return stops.some((stop, i) => i > 0 && measure(stop) - measure(stops[i - 1]!) < 0.06 * extent);
}

/** The lane that holds all the values, with a little room at its ends. */
export function laneOf(axis: Axis, values: (number | string | null)[]): Lane {
  const sideBySide = (stops: (number | string)[]): Lane => {
    return { axis: axis, stops: stops, even: true, low: -0.5, high: Math.max(1, stops.length) - 0.5 };
  };
  if (axis.scale === "category") return sideBySide(axis.values || []);
  const numbers = values.filter((value): value is number => typeof value === "number");
  const stops = fewNumbers(numbers, 6);
  const log = axis.scale === "log";
  if (stops.length > 2 && crowded(stops, (value) => (log ? Math.log(value) : value))) return sideBySide(stops);
  let low = Infinity;
  let high = -Infinity;
  numbers.forEach((value) => {
    low = Math.min(low, value);
    high = Math.max(high, value);
  });
  if (!(low <= high)) return { axis: axis, stops: [], even: false, low: log ? 0.1 : 0, high: 1 };
  if (log) {
    const room = low === high ? 2 : Math.pow(high / low, 0.08);
    return { axis: axis, stops: stops, even: false, low: low / room, high: high * room };
  }
  const room = low === high ? Math.abs(low) / 2 || 1 : 0.08 * (high - low);
  return { axis: axis, stops: stops, even: false, low: low - room, high: high + room };
}

/** A fixed place in [-0.5, 0.5) for each trial: multiples of the golden ratio lie far from each other. */
export function beside(trial: number): number {
  return ((trial * 0.6180339887) % 1) - 0.5;
}

/** The middle of a stop: where the name of a value stands. Values that are no stop of an even lane lie at -1. */
export function stopOf(lane: Lane, value: number | string): number {
  if (!lane.even) return Number(value);
  for (let i = 0; i < lane.stops.length; ++i) if (String(lane.stops[i]) === String(value)) return i;
  return -1;
}

/**
 * Where a trial's value lies on the lane; null: nowhere. Trials with the same one of few values are spread a little,
 * so that none hides another; the true value is in the tooltip and the table.
 */
export function placeOn(lane: Lane, value: number | string | null | undefined, trial: number): number | null {
  if (value === null || value === undefined) return null;
  const at = stopOf(lane, value);
  if (lane.even) return at < 0 ? null : at + 0.4 * beside(trial);
  if (typeof value !== "number") return null;
  const aside = lane.stops.length > 0 ? 0.06 * beside(trial) : 0;
  return lane.axis.scale === "log" ? at * Math.pow(lane.high / lane.low, aside) : at + (lane.high - lane.low) * aside;
}

/** What ECharts needs to know of the lane: scale, ends, ticks at the stops, their names. */
export function laneScale(lane: Lane): { scale: object; label: object } {
  const name = (value: number | string | undefined): string =>
    typeof value === "number" ? tick(lane.axis, value) : value || "";
  return {
    scale: { type: lane.axis.scale === "log" && !lane.even ? "log" : "value", min: lane.low, max: lane.high },
    label: {
      customValues: lane.stops.length ? lane.stops.map((stop) => stopOf(lane, stop)) : undefined,
      formatter: (value: number) => {
        if (lane.even) return name(lane.stops[Math.round(value)]);
        return value === lane.low || value === lane.high ? "" : name(value);
      },
    },
  };
}
