// sweeps.ts: what the server tells of sweeps, and what can be asked of it.
import type { Figure, Goal, State } from "../../figures/figure";
import { get, pathOf, send, sweepPath, type Json } from "../api";

export type SweepState = "running" | "paused" | "finished" | "stopped";

export interface SweepHead {
  id: string;
  name: string;
  state: SweepState;
  created: string;
  ended: string | null;
  /** Trials by state. */
  counts: { [state in State]?: number };
  method: string | null;
  metric: string | null;
  goal: Goal | null;
  /** Trials in all; null: no end is set. */
  budget: number | null;
  parallel: number | null;
}

export interface SweepTrial {
  number: number;
  run: string;
  name: string;
  state: State;
  reason: string;
  /** Who chose it: "random", "gp", "audit". */
  origin: string;
  epochs: number;
  /** Of the metric; "nan", "inf" or "-inf" where it is no number. */
  value: number | string | null;
  parameters: { [name: string]: Json };
}

export interface Sweep extends SweepHead {
  /** Why it is over; empty while it can go on. */
  ending: string;
  best: number | null;
  seconds: number;
  config: { [name: string]: Json };
  /** The sweep file as it was given. */
  source: string;
  trials: SweepTrial[];
}

export const listSweeps = async (): Promise<SweepHead[]> => (await get<{ sweeps: SweepHead[] }>("/api/sweeps")).sweeps;
export const readSweep = (id: string): Promise<Sweep> => get(sweepPath(id));
export const readContour = (id: string, x: string, y: string): Promise<Figure> =>
  get(pathOf(sweepPath(id, "/figures/contour"), { x, y }));
export const setSweepState = (id: string, state: SweepState): Promise<unknown> =>
  send("POST", sweepPath(id, "/state"), { state });

const over: State[] = ["finished", "stopped_early", "diverged", "failed", "killed"];

/** Trials that have ended, however. */
export const doneOf = (sweep: SweepHead): number => over.reduce((sum, state) => sum + (sweep.counts[state] ?? 0), 0);
export const trialsOf = (sweep: SweepHead): number =>
  Object.values(sweep.counts).reduce((sum, count) => sum + count, 0);

/** Seconds that a running sweep still needs at its pace so far; null where that cannot be said. */
export function secondsLeft(sweep: SweepHead, now: number): number | null {
  const done = doneOf(sweep);
  if (sweep.state !== "running" || sweep.budget === null || done === 0) return null;
  const elapsed = (now - Date.parse(sweep.created)) / 1000;
  return Math.max(0, (elapsed / done) * (sweep.budget - done));
}
