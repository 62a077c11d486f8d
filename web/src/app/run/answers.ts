// answers.ts: what the server answers about one run beyond its record.
import type { Figure } from "../../figures/figure";
import { get, pathOf, runPath, type Bucket } from "../api";

export interface Series {
  stream: string;
  /** How many steps a bucket holds at most; 1: every step is there. */
  width: number;
  series: { [name: string]: Bucket[] };
}

export interface LogPiece {
  text: string;
  /** In bytes: where the piece begins, where the next one begins, where the log ends for now. */
  from: number;
  next: number;
  size: number;
}

/** What was measured step by step, between two steps. */
export const readSeries = (run: string, buckets: number, from?: number, to?: number): Promise<Series> =>
  get(pathOf(runPath(run, "/series"), { buckets, from, to }));

export const readLog = (run: string, from: number): Promise<LogPiece> => get(pathOf(runPath(run, "/log"), { from }));

/** A figure of a run; those of its answers are of the validation split, or of the held-out test. */
export const readFigure = (run: string, name: string, test: boolean): Promise<Figure> =>
  get(pathOf(runPath(run, `/figures/${name}`), { test }));

/** The samples of one class that got one answer. */
export const readCell = (run: string, truth: string, answer: string, test: boolean): Promise<Figure> =>
  get(pathOf(runPath(run, "/samples"), { truth, answer, test }));
