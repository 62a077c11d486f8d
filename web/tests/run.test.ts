// run.test.ts: the pure parts of the run page.
import { describe, expect, it } from "vitest";
import type { History, Run } from "../src/app/api";
import { clockOf, measuresOf, ofEpoch, ofStep, stepAt } from "../src/app/run/clock";
import { factsOf, progressOf } from "../src/app/run/facts";
import { curvesFigure, metricsOf, withEpoch } from "../src/app/run/lines";
import { fromNextLine, readable } from "../src/app/run/log";
import { chosenIn, found, settingsOf, shellWords } from "../src/app/run/settings";
import { smoothed } from "../src/app/run/smooth";
import { queryOf, viewOf, type CurvesView } from "../src/app/run/view";

const history: History = {
  names: ["train_loss", "train_seconds", "val_accuracy", "val_loss"],
  epochs: [1, 2, 3],
  values: [
    [1, 2, 0.8, 1.1],
    [0.5, 4, 0.9, 0.6],
    [0.25, 2, 0.85, 0.7],
  ],
};
const run = {
  id: "r7k2",
  state: "finished",
  config: { batch_size: 64, epochs: 5 },
  environment: { train_samples: 1000, validation_samples: 6000 },
  summary: {},
  seconds: 8,
  started: null,
} as unknown as Run;
const clock = clockOf(run, history);
const whole: CurvesView = { x: "epoch", logX: false, logY: false, smoothing: "none", width: 5, range: null };

describe("smoothing", () => {
  const level: [number, number | null][] = [[0, 2], [1, 2], [5, null], [6, 2], [40, 2]]; // prettier-ignore

  it("leaves what is level level, from the first point on, and what is missing missing", () => {
    for (const kind of ["ema", "gaussian", "mean"] as const) {
      const ys = smoothed(level, kind, 3).map(([, y]) => y);
      expect(ys[2]).toBeNull();
      for (const i of [0, 1, 3, 4]) expect(ys[i]).toBeCloseTo(2, 12);
    }
  });
  it("weighs by distance in x, not by count", () => {
    const near = smoothed([[0, 0], [1, 1]], "ema", 1)[1]![1]!; // prettier-ignore
    const far = smoothed([[0, 0], [10, 1]], "ema", 1)[1]![1]!; // prettier-ignore
    expect(near).toBeCloseTo(1 / (1 + Math.exp(-1)), 12);
    expect(far).toBeCloseTo(1 / (1 + Math.exp(-10)), 12);
  });
  it("takes the mean of both sides", () => {
    expect(smoothed([[0, 1], [1, 4], [2, 1], [9, 7]], "mean", 2).map(([, y]) => y)).toEqual([2.5, 2, 2.5, 7]); // prettier-ignore
    const bump = smoothed([[0, 0], [1, 1], [2, 0]], "gaussian", 2).map(([, y]) => y!); // prettier-ignore
    expect(bump[1]).toBeCloseTo(1 / (1 + 2 * Math.exp(-0.5)), 12);
    expect(bump[0]).toBeCloseTo(bump[2]!, 12);
  });
  it("does nothing without a width", () => {
    expect(smoothed(level, "mean", 0)).toBe(level);
    expect(smoothed(level, "none", 3)).toBe(level);
  });
});

describe("epochs, steps and seconds", () => {
  it("are turned into each other", () => {
    expect(clock.perEpoch).toBe(16);
    expect(ofEpoch(clock, "step", 2)).toBe(32);
    expect(ofEpoch(clock, "time", 1.5)).toBe(4);
    expect(ofEpoch(clock, "time", 4)).toBe(10);
    expect(ofStep(clock, "epoch", 8)).toBe(0.5);
    for (const measure of ["epoch", "step", "time"] as const) {
      expect(stepAt(clock, measure, ofStep(clock, measure, 24)!)).toBeCloseTo(24, 9);
    }
  });
  it("are offered where they are known", () => {
    expect(measuresOf(clock, true)).toEqual(["epoch", "step", "time"]);
    expect(measuresOf({ perEpoch: null, times: [] }, true)).toEqual(["step"]);
    expect(measuresOf({ perEpoch: null, times: [] }, false)).toEqual(["epoch"]);
  });
});

describe("the curves", () => {
  const series = {
    stream: "step",
    width: 2,
    series: { train_loss: [[2, 1.5, 1.4, 1.7], [4, 1.2, 1.1, 1.3], [48, 0.2, 0, 0.3]] }, // prettier-ignore
  } as unknown as Parameters<typeof metricsOf>[1];
  const measured = { run: "r7k2", history, series, clock };
  const figure = (view: Partial<CurvesView>) => curvesFigure(measured, ["loss"], { ...whole, ...view }).data.panels[0]!; // prettier-ignore

  it("put loss and accuracy first, and leave out what is about speed", () => {
    expect(metricsOf(history, series)).toEqual(["loss", "accuracy"]);
  });
  it("have the steps with their band behind the epochs", () => {
    const [train, validation, steps] = figure({}).lines;
    expect(train!.points).toEqual([[1, 1], [2, 0.5], [3, 0.25]]); // prettier-ignore
    expect([validation!.role, validation!.faint]).toEqual(["validation", undefined]);
    expect(steps).toMatchObject({ role: "train", faint: true, points: [[0.125, 1.5], [0.25, 1.2], [3, 0.2]] }); // prettier-ignore
    expect(steps!.band![0]).toEqual([0.125, 1.4, 1.7]);
  });
  it("keep the raw values where they are smoothed", () => {
    const lines = figure({ smoothing: "mean", width: 90 }).lines;
    expect(lines.map(({ name, faint }) => [name, faint ?? false])).toEqual([
      ["training, raw", true],
      ["training", false],
      ["validation, raw", true],
      ["validation", false],
      ["training, by step, raw", true],
      ["training, by step", false],
    ]);
    expect(lines[0]!.points).toEqual([[1, 1], [2, 0.5], [3, 0.25]]); // prettier-ignore
    expect(lines[1]!.points[1]![1]).not.toBe(0.5);
    expect(lines[5]!.band).toBeUndefined();
  });
  it("go to the edges of what is zoomed into", () => {
    const points = figure({ range: [1.5, 2.5] }).lines[0]!.points;
    expect(points.map(([x]) => x)).toEqual([1, 2, 3]);
    expect(figure({ range: [2.2, 2.4] }).lines[0]!.points.map(([x]) => x)).toEqual([2, 3]);
    expect(figure({ range: [7, 8] }).lines[0]!.points.map(([x]) => x)).toEqual([3]);
  });
  it("leave out of a logarithmic axis what it cannot have", () => {
    const steps = figure({ logY: true }).lines[2]!;
    expect(steps.band!.length).toBe(2);
    const from0 = { ...history, epochs: [0, 1, 2] };
    const panel = curvesFigure({ ...measured, history: from0 }, ["loss"], { ...whole, logX: true }).data.panels[0]!;
    expect(panel.lines[0]!.points.map(([x]) => x)).toEqual([1, 2]);
  });
  it("grow with an epoch, and forget those that were begun again", () => {
    const longer = withEpoch(history, 4, { train_loss: 0.2, f1: 0.5, note: "x" });
    expect(longer.epochs).toEqual([1, 2, 3, 4]);
    expect(longer.names).toEqual([...history.names, "f1", "note"]);
    expect(longer.values[3]).toEqual([0.2, null, null, null, 0.5, null]);
    expect(longer.values[0]).toEqual([1, 2, 0.8, 1.1, null, null]);
    expect(withEpoch(history, 2, { train_loss: 9 }).epochs).toEqual([1, 2]);
  });
});

describe("the view in the address", () => {
  it("comes back as it was", () => {
    const view: CurvesView = {
      x: "time",
      logX: true,
      logY: true,
      smoothing: "gaussian",
      width: 12.5,
      range: [0.25, 3],
    };
    expect(viewOf(queryOf(view))).toEqual(view);
    expect(viewOf({})).toEqual(whole);
    expect(Object.values(queryOf(whole)).every((text) => text === "")).toBe(true);
  });
  it("is the usual one where it makes no sense", () => {
    expect(viewOf({ by: "moon", smooth: "x", width: "-3", zoom: "5,2", log: "" })).toEqual(whole);
    expect(viewOf({ zoom: "1," }).range).toBeNull();
    expect(viewOf({ zoom: "1,Infinity" }).range).toBeNull();
  });
});

describe("what a run has come to", () => {
  it("is its best and its last, with their doubt", () => {
    const facts = factsOf(run, history, 0);
    expect(facts[0]).toEqual({ name: "best validation accuracy", value: "90.00 % ± 0.39", beside: "epoch 2" });
    expect(facts[1]).toMatchObject({ name: "last", value: "85.00 % ± 0.46", beside: "epoch 3" });
    expect(facts[facts.length - 1]).toMatchObject({ name: "time", value: "8.0 s" });
  });
  it("is read from the summary where there is no history, and the lowest loss without an accuracy", () => {
    const none = { names: [], epochs: [], values: [] };
    expect(factsOf({ ...run, summary: { val_loss: 0.5 } }, none, 0)[0]).toEqual({ name: "validation loss", value: "0.5" }); // prettier-ignore
    const losses = { names: ["val_loss"], epochs: [1, 2], values: [[0.4], [0.6]] };
    expect(factsOf(run, losses, 0)[0]).toEqual({ name: "best validation loss", value: "0.4", beside: "epoch 1" });
  });
  it("is still to come while it runs", () => {
    expect(progressOf(run, history)).toBeNull();
    const left = progressOf({ ...run, state: "running" }, history)!;
    expect([left.done, left.total]).toEqual([3, 5]);
    expect(left.left).toBeCloseTo((2 * 8) / 3, 9);
  });
});

describe("the configuration", () => {
  const command = `atelier train --optimizer=nadam --data='/my data/--seed=3' --wandb-project="a \\"b\\"" --beta1=0.8`;
  it("knows what somebody chose from the command that repeats the run", () => {
    expect(shellWords(command).slice(2)).toEqual([
      "--optimizer=nadam",
      "--data=/my data/--seed=3",
      '--wandb-project=a "b"',
      "--beta1=0.8",
    ]);
    expect([...chosenIn(command)]).toEqual(["optimizer", "data", "wandb_project", "beta1"]);
    const settings = settingsOf(
      { optimizer: "nadam", seed: 1, wandb_project: "x", knobs: { beta1: 0.8, beta2: 0.9 } },
      command,
    );
    expect(settings.map(({ name, chosen }) => [name, chosen])).toEqual([
      ["optimizer", true],
      ["seed", false],
      ["wandb_project", true],
      ["knobs.beta1", true],
      ["knobs.beta2", false],
    ]);
    expect(settingsOf({ seed: 1 }, undefined)[0]!.chosen).toBeNull();
  });
  it("is searched by all words, in names and values", () => {
    const settings = settingsOf({ learning_rate: 0.001, optimizer: "nadam" }, undefined);
    expect(found(settings, "rate LEARN").map(({ name }) => name)).toEqual(["learning_rate"]);
    expect(found(settings, "nad").map(({ name }) => name)).toEqual(["optimizer"]);
    expect(found(settings, "nad 0.001")).toEqual([]);
  });
});

describe("a log", () => {
  it("is what could be read at the end", () => {
    expect(readable("a\x1b[31mred\x1b[0m\n 10%\r 50%\r100%\r\nx\x07\x1b]0;title\x07y\tz")).toBe("ared\n100%\nxy\tz");
  });
  it("begins with a whole line", () => {
    expect(fromNextLine("half\nwhole\n")).toBe("whole\n");
    expect(fromNextLine("one")).toBe("one");
  });
});
