// examples.ts: a figure of each kind, made up, the same each time: for the tests of the drawings.
import type { Axis, DataOf, Figure, Kind, State, Trial } from "../src/figures/figure";

/** Numbers in [0, 1) that repeat: mulberry32. */
function numbers(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const optimizers = ["sgd", "momentum", "nesterov", "rmsprop", "adam", "nadam"];
const activations = ["sigmoid", "tanh", "relu"];
const metric: Axis = { name: "val_accuracy", label: "validation accuracy", scale: "linear" };
const axes: Axis[] = [
  { name: "learning_rate", label: "learning rate", scale: "log" },
  { name: "optimizer", label: "optimizer", scale: "category", values: optimizers },
  { name: "l2", label: "L2", scale: "linear" },
  { name: "width", label: "width", scale: "linear" },
  { name: "activation", label: "activation", scale: "category", values: activations },
];

interface Made {
  trial: Trial;
  values: (number | string)[];
  score: number | null;
}

function made(count: number): Made[] {
  const next = numbers(7);
  const one = <T>(of: T[]): T => of[Math.floor(next() * of.length)]!;
  return Array.from({ length: count }, (_, number) => {
    const optimizer = one(optimizers);
    const rate = Math.pow(10, -4 + 2 * next());
    const l2 = one([0, 0.0005, 0.5]);
    const state: State = number % 17 === 3 ? "diverged" : number % 4 === 2 ? "stopped_early" : "finished";
    const score = 0.86 - (optimizer === "sgd" ? 0.15 : 0) - (l2 > 0.1 ? 0.1 : 0) + 0.03 * next();
    const trial: Trial = { number, run: "t3k9-" + number, name: "op_" + optimizer, state, random: number % 5 === 0 };
    if (state === "stopped_early") trial.reason = "asha: val_accuracy 0.81 is 9th of 12 at epoch 2";
    if (state === "diverged") trial.reason = "the loss is not finite at step 214";
    return {
      trial,
      values: [rate, optimizer, l2, one([32, 64, 128]), one(activations)],
      score: state === "diverged" ? null : score,
    };
  });
}

/** A black dot on white, 8 x 8. */
export const picture =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAAGElEQVR42mP4DwUMDAwMKAyQIAjAGYQUAwCW7B/hLwr1fwAAAABJRU5ErkJggg==";

function data(): DataOf {
  const trials = made(60);
  const scored = trials.filter((each): each is Made & { score: number } => each.score !== null);
  const epochs = Array.from({ length: 12 }, (_, i) => i + 1);
  const classes = ["T-shirt/top", "Shirt", "Coat", "Trouser", "Bag"];
  const counts = classes.map((_, t) =>
    classes.map((_, a) => (t === a ? 900 - 40 * t : Math.max(0, 90 - 35 * Math.abs(t - a) - 3 * a))),
  );
  return {
    curves: {
      x: { name: "epoch", label: "epoch", scale: "linear" },
      panels: [
        {
          y: { name: "loss", label: "cross-entropy [nats]", scale: "linear" },
          lines: [
            { name: "training", role: "train", points: epochs.map((e) => [e, 2 * Math.exp(-e / 3) + 0.25]) },
            {
              name: "validation",
              role: "validation",
              points: epochs.map((e) => [e, e === 5 ? null : 2 * Math.exp(-e / 3) + 0.3]),
            },
          ],
        },
        {
          y: { name: "accuracy", label: "accuracy", scale: "linear" },
          lines: [
            {
              name: "validation",
              role: "validation",
              points: epochs.map((e) => [e, 0.88 - 0.25 * Math.exp(-e / 1.6)]),
              band: epochs.map((e) => [e, 0.872 - 0.25 * Math.exp(-e / 1.6), 0.888 - 0.25 * Math.exp(-e / 1.6)]),
            },
          ],
        },
      ],
      marks: [{ x: 11, name: "best" }],
    },
    gallery: {
      columns: 4,
      tiles: classes.map((name, i) => ({
        picture: i === 3 ? null : picture,
        title: name,
        detail: i + " of 10",
        wrong: i === 1,
      })),
    },
    confusion: {
      names: classes,
      counts,
      pairs: [{ truth: 1, answer: 0, count: 55 }],
      pictures: classes.map(() => picture),
    },
    parallel: {
      axes: axes.concat(metric),
      goal: "maximize",
      lines: trials.map((each) => ({ trial: each.trial, values: [...each.values, each.score] })),
    },
    importance: {
      metric: "validation accuracy",
      parameters: [
        { name: "optimizer", label: "optimizer", importance: 0.62, low: 0.5, high: 0.7, correlation: null },
        { name: "l2", label: "L2", importance: 0.31, low: 0.2, high: 0.4, correlation: -0.61 },
        { name: "width", label: "width", importance: 0.02, correlation: 0.04 },
      ],
    },
    correlation: {
      names: ["learning rate", "L2", "optimizer = sgd", "validation accuracy"],
      values: [
        [1, 0.1, -0.2, 0.3],
        [0.1, 1, null, -0.61],
        [-0.2, null, 1, -0.7],
        [0.3, -0.61, -0.7, 1],
      ],
      parameters: 3,
    },
    created: {
      metric,
      goal: "maximize",
      trials: trials.map((each) => ({ trial: each.trial, value: each.score, seconds: 3 })),
    },
    slices: {
      metric,
      goal: "maximize",
      parameters: axes.map((axis, i) => ({
        axis,
        points: scored.map((each) => ({ trial: each.trial, x: each.values[i]!, y: each.score })),
      })),
    },
    contour: {
      metric,
      goal: "maximize",
      x: axes[1]!,
      y: axes[0]!,
      points: scored.map((each) => ({ trial: each.trial, x: each.values[1]!, y: each.values[0]!, value: each.score })),
      cells: { x: optimizers, y: [1e-4, 1e-3, 1e-2], means: optimizers.map((_, i) => [i, i % 3, 0.7 + 0.03 * i]) },
    },
    distribution: {
      metric,
      goal: "maximize",
      groups: [{ name: "all trials", values: scored.map((each) => each.score) }],
    },
    weights: {
      panels: ["layer 1, 784 × 128", "layer 2, 128 × 10"].map((name, p) => ({
        name,
        histograms: [0, 1, 2, 3].map((epoch) => ({
          epoch,
          low: -0.1 - 0.05 * epoch,
          high: 0.1 + 0.04 * epoch,
          counts: Array.from({ length: 16 }, (_, i) =>
            Math.round(1000 * Math.exp(-((i - 7.5) ** 2) / (6 + p + epoch))),
          ),
        })),
      })),
    },
    reliability: {
      error: 0.031,
      bins: Array.from({ length: 10 }, (_, i) => ({
        low: i / 10,
        high: (i + 1) / 10,
        confidence: i < 2 ? null : (i + 0.5) / 10,
        accuracy: i < 2 ? null : (i + 0.2) / 10,
        count: i < 2 ? 0 : 10 * 2 ** i,
      })),
    },
    scores: {
      classes: classes.map((name, i) => ({
        name,
        precision: 0.9 - 0.03 * i,
        recall: i === 4 ? null : 0.8 + 0.03 * i,
        f1: 0.85,
        samples: 1000,
      })),
    },
  };
}

/** The made-up figure of a kind. */
export function example<K extends Kind>(kind: K): Figure<K> {
  return {
    figure: kind,
    kind,
    title: "What it shows, in a few words and a number: 89.5 %",
    caption: "what was measured, on what, and how many",
    words: ["A sentence beside the drawing."],
    data: data()[kind],
  };
}
