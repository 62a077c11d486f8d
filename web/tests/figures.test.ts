// figures.test.ts: every kind of drawing, light and dark, small and large, full and empty.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import vm from "node:vm";
import { beforeAll, describe, expect, it } from "vitest";
import { drawingOf, drawings } from "../src/figures";
import { bestSoFar } from "../src/figures/created";
import { reached } from "../src/figures/distribution";
import { escaped, roundEnds, tip, twoLines } from "../src/figures/drawing";
import type { Figure, Kind } from "../src/figures/figure";
import { laneOf, placeOn, stopOf } from "../src/figures/lane";
import { along, inkOn, lookOf } from "../src/figures/look";
import { logTick, percent, short } from "../src/figures/numbers";
import { metricColours } from "../src/figures/trials";
import { example } from "./examples";

const kinds = Object.keys(drawings) as Kind[];
type Draw = (figure: string, options: string) => string;
let draw: Draw;

beforeAll(() => {
  const file = join(tmpdir(), `atelier-static-${process.pid}.js`);
  execFileSync(process.execPath, ["static.build.js", file]);
  const context: { draw?: Draw } = {};
  vm.runInNewContext(readFileSync(file, "utf8"), context);
  draw = context.draw!;
}, 60_000);

/** All arrays empty, texts and numbers as they were: a sweep or a run that has nothing yet. */
function emptied(value: unknown): unknown {
  if (Array.isArray(value)) return [];
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, emptied(each)]));
}

describe.each(kinds)("a figure of kind %s", (kind) => {
  it("is drawn the same twice, with title, caption and words", () => {
    const figure = JSON.stringify(example(kind));
    const svg = draw(figure, "{}");
    expect(svg).toMatch(/^<svg .*<\/svg>$/s);
    expect(draw(figure, "{}")).toBe(svg);
    for (const word of ["89.5 %", "what was measured", "A sentence beside"]) expect(svg).toContain(word);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  it("is drawn dark, narrow and wide", () => {
    for (const options of [{ theme: "dark" }, { width: 320 }, { width: 1600, height: 900 }]) {
      const svg = draw(JSON.stringify(example(kind)), JSON.stringify(options));
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
      if (options.theme) expect(svg).toContain(lookOf("dark").paper);
    }
  });

  it("is drawn when there is nothing in it", () => {
    const figure = { ...example(kind), data: emptied(example(kind).data) };
    expect(draw(JSON.stringify(figure), "{}")).not.toMatch(/NaN|undefined|Infinity/);
  });

  it("is a table of as many cells in each row as columns", () => {
    const drawing = drawingOf(kind)!;
    const table = (drawing.table as (figure: Figure) => ReturnType<typeof drawing.table>)(example(kind));
    expect(table.rows.length).toBeGreaterThan(0);
    for (const row of table.rows) expect(row).toHaveLength(table.columns.length);
  });
});

it("refuses a kind that nobody knows, also one that every object has", () => {
  expect(() => draw(JSON.stringify({ ...example("curves"), kind: "pie" }), "{}")).toThrow(
    "no drawing of the kind 'pie'",
  );
  expect(drawingOf("toString" as Kind)).toBeUndefined();
});

it("keeps hostile names as text", () => {
  const figure = example("confusion");
  figure.data.names[0] = '<script>alert("1")</script>';
  figure.title = "</svg><img src=x onerror=alert(1)>";
  const svg = draw(JSON.stringify(figure), "{}");
  expect(svg).not.toMatch(/<script|<img/);
  expect(escaped('<b>&"')).toBe("&lt;b&gt;&amp;&quot;");
  expect(tip("<i>", [["<b>", "<u>"]])).not.toMatch(/<i>|<u>/);
});

describe("numbers", () => {
  it("are short, with true minus signs and raised powers", () => {
    expect(short(0.000123)).toBe("0.000123");
    expect(short(-1.5e-7)).toBe("−1.5·10⁻⁷");
    expect(short(1e9)).toBe("10⁹");
    expect(short(1234567)).toBe("1.23·10⁶");
    expect(short(54000)).toBe("54,000");
    expect(short(null)).toBe("–");
    expect(percent(0.8951)).toBe("89.5 %");
    expect([0.001, 0.0001, 1, 100, 3e-4].map(logTick)).toEqual(["10⁻³", "10⁻⁴", "1", "100", "0.0003"]);
  });
  it("have axes that end at round ones", () => {
    expect(roundEnds(0.71, 0.93, 4)).toEqual({
      min: expect.closeTo(0.7),
      max: expect.closeTo(1.0),
      interval: expect.closeTo(0.1),
    });
    const single = roundEnds(5, 5, 4);
    expect(single.min).toBeLessThan(5);
    expect(single.max).toBeGreaterThan(5);
  });
});

describe("colours", () => {
  it("mix along a ramp and stay readable", () => {
    expect(along(["#000000", "#ffffff"], 0.5)).toBe("#808080");
    expect(along(["#000000", "#ffffff"], 7)).toBe("#ffffff");
    expect(inkOn("#ffffff")).not.toBe(inkOn("#08306b"));
  });
  it("of a metric run from worst to best, whatever the goal", () => {
    const look = lookOf("light");
    const up = metricColours([0.1, 0.5, 0.9], "maximize", look);
    const down = metricColours([0.1, 0.5, 0.9], "minimize", look);
    expect(up(0.9)).toBe(down(0.1));
    expect(up(0.9)).not.toBe(up(0.1));
    expect(up(null)).toBe(look.muted);
  });
});

describe("lanes", () => {
  it("put crowded numbers side by side, and others to scale", () => {
    const skewed = laneOf({ name: "l2", label: "L2", scale: "linear" }, [0, 0.0005, 0.5, 0]);
    expect([0, 0.0005, 0.5].map((value) => stopOf(skewed, value))).toEqual([0, 1, 2]);
    const even = laneOf({ name: "width", label: "width", scale: "linear" }, [32, 64, 128]);
    expect(stopOf(even, 64)).toBe(64);
  });
  it("spread the trials of one value within its slot, and have no place for what is missing", () => {
    const lane = laneOf({ name: "a", label: "a", scale: "category", values: ["x", "y"] }, []);
    const places = Array.from({ length: 50 }, (_, trial) => placeOn(lane, "y", trial)!);
    expect(new Set(places).size).toBe(50);
    for (const place of places) expect(Math.abs(place - 1)).toBeLessThanOrEqual(0.2);
    expect(placeOn(lane, null, 0)).toBeNull();
    expect(placeOn(lane, "z", 0)).toBeNull();
  });
});

it("the best so far never gets worse and ends at the last trial", () => {
  const steps = bestSoFar(example("created").data);
  for (let i = 1; i < steps.length; ++i) expect(steps[i]![1]).toBeGreaterThanOrEqual(steps[i - 1]![1]);
  expect(steps[steps.length - 1]![0]).toBe(59);
});

it("the share of runs that reach a value falls from all to one", () => {
  expect(reached([0.3, 0.1, 0.2], "maximize")).toEqual([
    [0.1, 1],
    [0.2, 2 / 3],
    [0.3, 1 / 3],
  ]);
  expect(reached([0.3, 0.1], "minimize")).toEqual([
    [0.3, 1],
    [0.1, 0.5],
  ]);
});

it("long names are broken at the space nearest the middle", () => {
  expect(twoLines("validation accuracy", 12)).toBe("validation\naccuracy");
  expect(twoLines("unbreakable_name_of_something", 12)).toBe("unbreakable_name_of_something");
});
