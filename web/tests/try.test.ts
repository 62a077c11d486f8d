// try.test.ts: the pure parts of trying a model.
import { describe, expect, it } from "vitest";
import { lookOf } from "../src/figures/look";
import type { Answer } from "../src/app/try/ask.svelte";
import { heatPixels, plainPixels } from "../src/app/try/colours";
import { brief, channelOf, fitted, inkOf, interleaved, inverted, stroked } from "../src/app/try/grid";
import { around, isWrong } from "../src/app/try/tests";

const shape = { width: 8, height: 8 };
const empty = new Array<number>(64).fill(0);
const at = (values: number[], x: number, y: number): number => values[y * 8 + x]!;

describe("a stroke", () => {
  const line = stroked(empty, shape, [1.5, 3.5], [6.5, 3.5], 1, 1);
  it("covers its way, and a little beside it", () => {
    for (let x = 1; x <= 6; ++x) expect(at(line, x, 3)).toBe(1);
    expect(at(line, 4, 4)).toBeCloseTo(0.5, 9);
    expect(at(line, 4, 5)).toBe(0);
    expect(at(line, 4, 0)).toBe(0);
  });
  it("does not grow darker where it lies over another", () => {
    expect(stroked(line, shape, [1.5, 3.5], [6.5, 3.5], 1, 1)).toEqual(line);
  });
  it("wipes away what it covers", () => {
    const wiped = stroked(line, shape, [1.5, 3.5], [6.5, 3.5], 1, 0);
    expect(Math.max(...wiped.slice(25, 31))).toBe(0);
    expect(at(wiped, 4, 4)).toBeCloseTo(0.5, 9);
  });
  it("may leave the picture", () => {
    expect(stroked(empty, shape, [-20, -20], [-10, -10], 2, 1)).toEqual(empty);
    expect(Math.max(...stroked(empty, shape, [-3, 4], [30, 4], 1, 1))).toBe(1);
  });
});

/** A dark square of 4 on white, in a picture of 16 x 8, as a canvas has it. */
function photo(opacity: number): number[] {
  return Array.from({ length: 16 * 8 }, (_, i) => {
    const inside = i % 16 >= 2 && i % 16 < 6 && i >= 16 * 2 && i < 16 * 6;
    return inside ? [0, 0, 0, 255] : [255, 255, 255, opacity];
  }).flat();
}

describe("a picture from a file", () => {
  it("becomes bright ink on dark, whatever its ground", () => {
    for (const opacity of [255, 0]) {
      const ink = inkOf(photo(opacity), { width: 16, height: 8 });
      expect([ink[0], ink[3 * 16 + 3]]).toEqual([0, 1]);
    }
    const night = photo(255).map((value, i) => (i % 4 === 3 ? value : 255 - value));
    expect(inkOf(night, { width: 16, height: 8 })[3 * 16 + 3]).toBe(1);
  });
  it("is cut out, scaled and centred", () => {
    const ink = inkOf(photo(255), { width: 16, height: 8 });
    expect(fitted(ink, { width: 16, height: 8 }, shape, 0)).toEqual(new Array(64).fill(1));
    const small = fitted(ink, { width: 16, height: 8 }, shape, 2);
    expect([at(small, 1, 4), at(small, 2, 2), at(small, 5, 5), at(small, 6, 6)]).toEqual([0, 1, 1, 0]);
  });
  it("keeps its shape", () => {
    const bar = Array.from({ length: 64 }, (_, i) => (i % 8 === 3 ? 1 : 0));
    const kept = fitted(bar, shape, shape, 0);
    expect(kept.reduce((sum, value) => sum + value, 0)).toBeCloseTo(8, 9);
  });
  it("may be empty", () => {
    expect(fitted(empty, shape, shape, 1)).toEqual(empty);
    expect(inkOf(new Array(64 * 4).fill(255), shape)).toEqual(empty);
  });
});

describe("values", () => {
  it("are turned around, and short to send", () => {
    expect(inverted([0, 0.25])).toEqual([1, 0.75]);
    const [short] = brief([1 / 3]);
    expect(Math.abs(short! - 1 / 3)).toBeLessThan(1 / 2550);
  });
  it("have channels side by side", () => {
    const values = interleaved([[1, 2], [3, 4], [5, 6]]); // prettier-ignore
    expect(values).toEqual([1, 3, 5, 2, 4, 6]);
    expect(channelOf(values, 1, 3)).toEqual([3, 4]);
    expect([...plainPixels([0, 0.5, 1], 1)]).toEqual([0, 128, 255, 255]);
    expect([...plainPixels([1, 0], 2)]).toEqual([255, 255, 255, 255, 0, 0, 0, 255]);
  });
  it("have a colour for and one against an answer", () => {
    const [orange, blue, black] = [0, 4, 8].map((i) => [...heatPixels([0, 0, 0], [2, -2, 0], 3, lookOf("light"))].slice(i, i + 3)); // prettier-ignore
    expect(orange![0]).toBeGreaterThan(orange![2]!);
    expect(blue![2]).toBeGreaterThan(blue![0]!);
    expect(black).toEqual([0, 0, 0]);
  });
});

describe("the test set", () => {
  it("is gone around once", () => {
    expect([...around(2, 4)]).toEqual([3, 0, 1, 2]);
    expect([...around(-1, 3)]).toEqual([0, 1, 2]);
  });
  it("has errors where the answer is another class", () => {
    const answer = { names: ["a", "b"], answer: 1, truth: "a" } as Answer;
    expect(isWrong(answer)).toBe(true);
    expect(isWrong({ ...answer, truth: "b" })).toBe(false);
    expect(isWrong({ ...answer, truth: null })).toBe(false);
  });
});
