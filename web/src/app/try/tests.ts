// tests.ts: the samples of the held-out test set that a model can be asked about.
import type { ScoresData } from "../../figures/figure";
import { readFigure } from "../run/answers";
import { askModel, type Answer } from "./ask.svelte";

export interface TestSet {
  size: number;
  classes: { name: string; samples: number }[];
}

/** How many samples of each class there are; the figure of the scores counts them. */
export async function readTestSet(run: string): Promise<TestSet> {
  const { classes } = (await readFigure(run, "scores", true)).data as ScoresData;
  return { size: classes.reduce((sum, { samples }) => sum + samples, 0), classes };
}

/** The places to look at after one, once around. */
export function* around(after: number, size: number): Generator<number> {
  for (let step = 1; step <= size; ++step) yield (after + step) % size;
}

/** The first sample after one whose answer is as wanted; null where `go` says to stop, or none is. */
export async function findNext(
  run: string,
  places: Iterable<number>,
  wanted: (answer: Answer) => boolean,
  go: (looked: number) => boolean,
): Promise<number | null> {
  let looked = 0;
  for (const place of places) {
    if (!go(looked++)) return null;
    if (wanted(await askModel(run, { test: place }))) return place;
  }
  return null;
}

/** Whether the model is wrong about a test sample. */
export const isWrong = ({ names, answer, truth }: Answer): boolean => truth !== null && names[answer] !== truth;
