// clock.ts: epochs, steps and seconds of training as measures of the same way.
import type { History, Run } from "../api";

export const measures = ["epoch", "step", "time"] as const;
export type Measure = (typeof measures)[number];

export interface Clock {
  /** Steps of an epoch; null where nobody said. */
  perEpoch: number | null;
  /** Epochs that are over, with the seconds of training up to their end; begins with (0, 0). None where no time is known. */
  times: [epoch: number, seconds: number][];
}

const numberOf = (value: unknown): number | null => (typeof value === "number" && value > 0 ? value : null);

export function clockOf(run: Pick<Run, "config" | "environment">, history: History): Clock {
  const samples = numberOf(run.environment["train_samples"]);
  const batch = numberOf(run.config["batch_size"]);
  const at = history.names.indexOf("train_seconds");
  const times: Clock["times"] = [];
  if (at >= 0) {
    times.push([0, 0]);
    history.epochs.forEach((epoch, e) => {
      times.push([epoch, times[times.length - 1]![1] + (history.values[e]?.[at] ?? 0)]);
    });
  }
  return { perEpoch: samples && batch ? Math.ceil(samples / batch) : null, times };
}

/** The measures by which both lines by epoch and lines by step can be drawn. */
export function measuresOf(clock: Clock, steps: boolean): Measure[] {
  if (clock.perEpoch === null && steps) return clock.times.length > 1 ? ["epoch", "step"] : ["step"];
  return measures.filter((each) => (each === "step" ? clock.perEpoch !== null : each === "epoch" || clock.times.length > 1)); // prettier-ignore
}

/** Straight between the known pairs, and on beyond the last as between the last two. */
function between(pairs: [number, number][], x: number): number {
  let i = 1;
  while (i < pairs.length - 1 && pairs[i]![0] < x) ++i;
  const [x0, y0] = pairs[i - 1]!;
  const [x1, y1] = pairs[i]!;
  return x1 === x0 ? y1 : y0 + ((x - x0) * (y1 - y0)) / (x1 - x0);
}

/** Where the end of an epoch, or a part of one, lies; null where the measure does not know. */
export function ofEpoch({ perEpoch, times }: Clock, measure: Measure, epoch: number): number | null {
  if (measure === "epoch") return epoch;
  if (measure === "step") return perEpoch && epoch * perEpoch;
  return times.length > 1 ? between(times, epoch) : null;
}

export function ofStep(clock: Clock, measure: Measure, step: number): number | null {
  if (measure === "step") return step;
  return clock.perEpoch && ofEpoch(clock, measure, step / clock.perEpoch);
}

/** The step at a place; null where the measure does not know. */
export function stepAt({ perEpoch, times }: Clock, measure: Measure, x: number): number | null {
  if (measure === "step") return x;
  if (!perEpoch) return null;
  if (measure === "epoch") return x * perEpoch;
  if (times.length < 2) return null;
  return between(times.map(([epoch, seconds]) => [seconds, epoch]), x) * perEpoch; // prettier-ignore
}
