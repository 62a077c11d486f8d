// sweep.test.ts: picking trials, and arranging axes.
import { describe, expect, it } from "vitest";
import {
  arranged,
  arrangementOf,
  arrangementText,
  conditionOf,
  intervalsOf,
  orderOf,
  scalesFor,
} from "../src/app/sweep/axes";
import { dimmed } from "../src/app/sweep/dim";
import {
  conditionsOf, conditionsText, metricColumn, picked, trialColumn, withCondition, type Conditions, type Pickable,
} from "../src/app/sweep/selection"; // prettier-ignore
import { secondsLeft, type SweepHead } from "../src/app/sweep/sweeps";
import { laneOf } from "../src/figures/lane";
import { lanesOf } from "../src/figures/parallel";
import { example } from "./examples";

const trials: Pickable[] = [
  { number: 0, value: 0.8, parameters: { lr: 0.001, optimizer: "adam", layers: [32, 32] } },
  { number: 1, value: "nan", parameters: { lr: 0.1, optimizer: "sgd" } },
  { number: 2, value: 0.9, parameters: { lr: 0.01, optimizer: "adam" } },
];

describe("a selection", () => {
  const of = (conditions: Conditions): number[] | null => {
    const numbers = picked(trials, conditions);
    return numbers && [...numbers];
  };
  it("holds what meets every condition, and none is no selection", () => {
    expect(of({})).toBeNull();
    expect(of({ optimizer: { values: ["adam"] } })).toEqual([0, 2]);
    expect(of({ optimizer: { values: ["adam"] }, lr: { ranges: [[0.005, 1]] } })).toEqual([2]);
    expect(of({ lr: { ranges: [[0.001, 0.001], [0.1, 0.2]] } })).toEqual([0, 1]); // prettier-ignore
    expect(of({ [metricColumn]: { ranges: [[0, 1]] } })).toEqual([0, 2]);
    expect(of({ [trialColumn]: { ranges: [[1, 2]] } })).toEqual([1, 2]);
    expect(of({ layers: { values: ["[32,32]"] } })).toEqual([0]);
    expect(of({ gone: { ranges: [[0, 1]] } })).toEqual([]);
  });
  it("goes into the address and comes back, whatever its names hold", () => {
    const conditions: Conditions = {
      "a;b:c|d~e": { values: ["x|y", "z;~", "ü"] },
      lr: { ranges: [[1e-4, 0.01], [1, 2]] },
    }; // prettier-ignore
    expect(conditionsOf(conditionsText(conditions))).toEqual(conditions);
    expect(conditionsOf("")).toEqual({});
    expect(conditionsOf("lr:1~x;%E0%A4%A;nothing;a:")).toEqual({});
  });
  it("loses a condition that asks for nothing", () => {
    const one = withCondition({}, "lr", { ranges: [[0, 1]] });
    expect(withCondition(one, "lr", { ranges: [] })).toEqual({});
    expect(withCondition(one, "optimizer", null)).toEqual(one);
  });
  it("puts the marks of others in the background", () => {
    const mark = (name: string): object => ({ name, value: [0, 0], itemStyle: { color: "red" } });
    const option = { series: [{ data: [mark("a"), mark("b")] }, { data: [[0, 1]] }, {}] };
    const [first, second] = dimmed(option, new Set(["a"]))["series"] as { data: { itemStyle: object }[] }[];
    expect(first!.data.map((item) => item.itemStyle)).toEqual([{ color: "red" }, { color: "red", opacity: 0.08 }]);
    expect(second!.data).toEqual([[0, 1]]);
    expect(dimmed(option, null)).toBe(option);
  });
});

describe("axes", () => {
  const figure = example("parallel");
  it("can be put in another order, flipped, rescaled and coloured by", () => {
    const query = { axes: "@metric,-optimizer", scales: "width:category", colour: "optimizer" };
    const arrangement = arrangementOf(query);
    expect(arrangementText(arrangement)).toEqual(query);
    expect(orderOf(figure.data, arrangement)).toEqual([5, 1, 0, 2, 3, 4]);
    const { data } = arranged(figure, arrangement);
    expect(data.axes.map((axis) => axis.name)).toEqual([
      "val_accuracy",
      "optimizer",
      "learning_rate",
      "l2",
      "width",
      "activation",
    ]);
    expect([data.metric, data.colour]).toEqual([0, 1]);
    expect(data.axes[1]!.flipped).toBe(true);
    expect(data.axes[4]).toMatchObject({ scale: "category", values: ["32", "64", "128"] });
    expect(data.lines[0]!.values[0]).toBe(figure.data.lines[0]!.values[5]);
  });
  it("keep their order when the address names what is not there", () => {
    expect(orderOf(figure.data, arrangementOf({ axes: "gone,l2,l2" }))).toEqual([2, 0, 1, 3, 4, 5]);
  });
  it("offer a logarithm only above zero, and a category only where values are few", () => {
    expect(scalesFor(figure.data, 0)).toEqual(["linear", "log"]);
    expect(scalesFor(figure.data, 1)).toEqual(["category"]);
    expect(scalesFor(figure.data, 2)).toEqual(["linear", "category"]);
  });
  it("turn a brush into a condition and back", () => {
    const lanes = lanesOf(figure.data);
    const some = conditionOf(lanes[1]!, [[3.7, 5.4]]);
    expect(some).toEqual({ values: ["adam", "nadam"] });
    expect(intervalsOf(lanes[1]!, some)).toEqual([[expect.closeTo(3.65), expect.closeTo(5.35)]]);
    expect(conditionOf(lanes[0]!, [[0.001, 0.002]])).toEqual({ ranges: [[0.001, 0.002]] });
    const crowded = laneOf({ name: "l2", label: "L2", scale: "linear" }, [0, 0.0005, 0.5]);
    expect(conditionOf(crowded, [[0.6, 2.4]])).toEqual({ ranges: [[0.0005, 0.0005], [0.5, 0.5]] }); // prettier-ignore
    expect(intervalsOf(crowded, { ranges: [[0, 0.001]] })).toEqual([[expect.closeTo(-0.35), expect.closeTo(1.35)]]);
    expect(intervalsOf(crowded, undefined)).toEqual([]);
  });
});

it("a sweep says how long it still takes, where that can be said", () => {
  const sweep: SweepHead = {
    id: "a", name: "", state: "running", created: "2026-01-01T00:00:00Z", ended: null, counts: { finished: 4, failed: 1, running: 2 },
    method: "random", metric: "val_accuracy", goal: "maximize", budget: 20, parallel: 2,
  }; // prettier-ignore
  const now = Date.parse("2026-01-01T00:01:40Z");
  expect(secondsLeft(sweep, now)).toBe(300);
  expect(secondsLeft({ ...sweep, budget: null }, now)).toBeNull();
  expect(secondsLeft({ ...sweep, state: "finished" }, now)).toBeNull();
});
