// runs.test.ts: the pure parts of the runs view.
import { describe, expect, it } from "vitest";
import type { Cell, Run } from "../src/app/api";
import { csv, jsonRows, tsv } from "../src/app/files";
import { ago, bytes, duration } from "../src/app/numbers";
import { addressOf, routeOf } from "../src/app/route";
import { arranged, capped, cellText, moved, shapesOf, usualColumns, widened } from "../src/app/runs/columns";
import { curvesOf, linesOf } from "../src/app/runs/compare";
import { groupTable } from "../src/app/runs/export";
import { completions, named, onlyRuns, wordAt } from "../src/app/runs/filter";
import { groupsOf, inOrder, orderOf, telling } from "../src/app/runs/groups";
import { meanOf, plusMinus, student95 } from "../src/app/runs/interval";
import { queryOf, stateOf, type ViewState } from "../src/app/runs/state";
import { columnsSeen, pagesOf, scrollTo, windowOf } from "../src/app/runs/window";

describe("intervals", () => {
  it("know Student's t", () => {
    const table: [number, number][] = [
      [1, 12.7062], [2, 4.30265], [3, 3.18245], [4, 2.77645], [5, 2.57058], [9, 2.26216], [29, 2.04523], [120, 1.97993],
      [1000, 1.96234],
    ]; // prettier-ignore
    for (const [freedom, value] of table) expect(student95(freedom)).toBeCloseTo(value, 4);
  });

  it("are those of the mean", () => {
    const { mean, half, n } = meanOf([0.89, 0.9, 0.91]);
    expect([mean, n]).toEqual([expect.closeTo(0.9), 3]);
    expect(half).toBeCloseTo((4.30265 * 0.01) / Math.sqrt(3), 5);
    expect(meanOf([5])).toEqual({ mean: 5, half: null, n: 1 });
  });

  it("read with the digits that the doubt allows", () => {
    expect(plusMinus({ mean: 0.89624, half: 0.00391, n: 3 })).toBe("0.8962 ± 0.0039");
    expect(plusMinus({ mean: 0.89624, half: 0.00391, n: 3 }, true)).toBe("89.62 % ± 0.39");
    expect(plusMinus({ mean: 1234.5, half: 120, n: 3 })).toBe("1230 ± 120");
    expect(plusMinus({ mean: -0.5, half: 0.25, n: 2 })).toBe("−0.50 ± 0.25");
    expect(plusMinus({ mean: 0.5, half: 0, n: 2 })).toBe("0.5 ± 0");
    expect(plusMinus({ mean: 0.8951, half: null, n: 1 }, true)).toBe("89.51 %");
    expect(plusMinus({ mean: 3e-12, half: 1e-12, n: 2 })).toBe("3·10⁻¹² ± 10⁻¹²");
  });
});

describe("groups", () => {
  const rows: Cell[][] = [
    ["a", "adam", 1, 0.9],
    ["b", "sgd", 1, 0.8],
    ["c", "adam", 2, 0.92],
    ["d", "adam", 3, null],
  ];
  const groups = groupsOf(rows, [1], 4);

  it("hold the runs that share the key, in order", () => {
    expect(groups.map(({ key, rows: inside }) => [key[0], inside.map(([id]) => id)])).toEqual([
      ["adam", ["a", "c", "d"]],
      ["sgd", ["b"]],
    ]);
  });
  it("sum up each column", () => {
    expect(groups[0]!.summaries[1]).toEqual({ kind: "same", value: "adam" });
    expect(groups[0]!.summaries[3]).toMatchObject({ kind: "mean", mean: { n: 2, mean: expect.closeTo(0.91) } });
    expect(groups[0]!.summaries[0]).toEqual({ kind: "several", count: 3 });
    expect(groupsOf([["a", null]], [0], 2)[0]!.summaries[1]).toEqual({ kind: "none" });
    expect(groups.map(({ summaries }) => orderOf(summaries[3]!))).toEqual([expect.closeTo(0.91), 0.8]);
  });
  it("keep their marks whatever else is there, and tell numbers from texts", () => {
    expect(groupsOf(rows.slice(2), [1], 4)[0]!.mark).toBe(groups[0]!.mark);
    expect(groupsOf([[1], ["1"], [null]], [0], 1)).toHaveLength(3);
  });
  it("are in the store's order", () => {
    expect([null, "b", 2, "a", 1].sort((a, b) => inOrder(a, b, false))).toEqual([1, 2, "a", "b", null]);
    expect([null, "b", 2, "a", 1].sort((a, b) => inOrder(a, b, true))).toEqual([2, 1, "b", "a", null]);
  });
  it("say by which keys they differ", () => {
    expect(telling(groupsOf(rows, [1, 2], 4))).toEqual([0, 1]);
    expect(telling(groupsOf(rows.slice(2), [1, 2], 4))).toEqual([1]);
    expect(telling([])).toEqual([]);
  });
});

describe("the state in the address", () => {
  const full: ViewState = {
    where: 'name like "a,b" and val_accuracy > 0.88', sort: "val_accuracy", descending: true, columns: ["name", "a,b"],
    pinned: ["name", "state"], group: "*", open: ["k3f"], picked: ["r1", "r2"],
  }; // prettier-ignore

  it("comes back as it was", () => {
    expect(stateOf(queryOf(full))).toEqual(full);
    const through = routeOf(addressOf("runs", "", queryOf(full)));
    expect(stateOf(through.query)).toEqual(full);
    expect(stateOf(queryOf({ ...full, pinned: [] })).pinned).toEqual([]);
  });
  it("is empty for the view as it begins", () => {
    expect(addressOf("runs", "", queryOf(stateOf({})))).toBe("/runs");
  });
  it("leaves out what would be too long", () => {
    const picked = Array.from({ length: 201 }, (_, i) => `r${i}`);
    expect(queryOf({ ...full, picked })["picked"]).toBe("");
  });
});

describe("addresses", () => {
  it("name a view, an id and a query", () => {
    expect(routeOf("/")).toEqual({ view: "runs", id: "", query: {} });
    expect(routeOf("/runs/r7k2?x=step")).toEqual({ view: "run", id: "r7k2", query: { x: "step" } });
    expect(routeOf("/compare?runs=a,b").query).toEqual({ runs: "a,b" });
    expect(addressOf("compare", "", { runs: "a,b" })).toBe("/compare?runs=a,b");
  });
  it("that mean nothing have no view", () => {
    for (const address of ["/nothing", "/runs/a/b", "/compare/a", "/runs/%E0%A4%A", "/__proto__", "/constructor"]) {
      expect(routeOf(address).view === null || routeOf(address).id === "").toBe(true);
    }
    expect(routeOf("/constructor").view).toBeNull();
  });
});

describe("the window of a long table", () => {
  it("shows what is on the screen and a little more", () => {
    expect(windowOf(0, 280, 28, 10_000, 5)).toEqual({ first: 0, last: 15 });
    expect(windowOf(2800, 280, 28, 10_000, 5)).toEqual({ first: 95, last: 115 });
    expect(windowOf(279_720, 280, 28, 10_000, 5)).toEqual({ first: 9985, last: 10_000 });
  });
  it("is empty over nothing, and stays within what is left", () => {
    expect(windowOf(2800, 280, 28, 0, 5)).toEqual({ first: 0, last: 0 });
    expect(windowOf(280_000, 280, 28, 3, 5)).toEqual({ first: 3, last: 3 });
  });
  it("asks for the pages it touches", () => {
    expect(pagesOf({ first: 190, last: 210 }, 100)).toEqual([1, 2]);
    expect(pagesOf({ first: 100, last: 200 }, 100)).toEqual([1]);
    expect(pagesOf({ first: 0, last: 0 }, 100)).toEqual([]);
  });
  it("shows the pinned columns, and those in view", () => {
    const widths = Array.from({ length: 50 }, () => 100);
    expect(columnsSeen(widths, 1, 2000, 350, 0)).toEqual([0, 19, 20, 21, 22, 23]);
    expect(columnsSeen(widths, 0, 0, 150, 100)).toEqual([0, 1, 2]);
  });
  it("scrolls only to what is not seen", () => {
    expect(scrollTo(3, 0, 280, 28)).toBe(0);
    expect(scrollTo(10, 0, 280, 28)).toBe(28);
    expect(scrollTo(2, 280, 280, 28)).toBe(56);
  });
});

describe("files", () => {
  it("are CSV as RFC 4180 has it", () => {
    expect(csv(["a", 'b"c'], [[1.5, "x,y"], [null, 'say "no"\nor so']])).toBe(
      'a,"b""c"\r\n1.5,"x,y"\r\n,"say ""no""\nor so"\r\n',
    ); // prettier-ignore
  });
  it("hold no formulas, but negative numbers", () => {
    expect(csv(["a"], [["=HYPERLINK(1)"], ["@x"], [-5]])).toBe("a\r\n'=HYPERLINK(1)\r\n'@x\r\n-5\r\n");
  });
  it("keep a row on its line in a table for the clipboard", () => {
    expect(tsv(["a", "b"], [["x\ty", "1\n2"]])).toBe("a\tb\nx y\t1 2");
  });
  it("are JSON with numbers as numbers", () => {
    expect(JSON.parse(jsonRows(["a", "b"], [[1, "x"], [null, 'q"']]))).toEqual([{ a: 1, b: "x" }, { a: null, b: 'q"' }]); // prettier-ignore
  });
});

describe("groups as a file", () => {
  it("say by what they differ, what they share and what they measured", () => {
    const rows: Cell[][] = [
      ["a", "finished", 0.9, "adam"],
      ["b", "finished", 0.8, "adam"],
      ["c", "failed", null, "sgd"],
    ];
    const { columns, rows: table } = groupTable(["loss"], groupsOf(rows, [3], 4), ["config.optimizer"]);
    expect(columns).toEqual(["runs", "config.optimizer", "loss", "loss ±"]);
    expect(table[0]).toEqual([2, "adam", expect.closeTo(0.85), expect.closeTo(0.6353, 3)]);
    expect(table[1]).toEqual([1, "sgd", null, null]);
  });
});

describe("columns", () => {
  it("read as people do", () => {
    const now = Date.parse("2026-11-22T12:00:00Z");
    expect(cellText("val_accuracy", 0.88633333, now)).toBe("88.63 %");
    expect(cellText("learning_rate", 0.00001, now)).toBe("10⁻⁵");
    expect(cellText("seconds", 83.2, now)).toBe("1:23");
    expect(cellText("created", "2026-11-22T11:57:00Z", now)).toBe("3 minutes ago");
    expect(cellText("state", "stopped_early", now)).toBe("stopped early");
    expect(cellText("notes", "two\nlines", now)).toBe("two lines");
    expect(cellText("train_samples", 54_000, now)).toBe("54,000");
    expect([ago("2026-11-22T11:59:59Z", now), duration(7384), bytes(12_345_678)]).toEqual([
      "just now",
      "2:03:04",
      "12.3 MB",
    ]);
  });
  it("have the width of what they hold", () => {
    const widthOf = (text: string): number => 7 * text.length;
    const rows: Cell[][] = [["a".repeat(80), 0.5, null], ["b", 0.25, "nan"]]; // prettier-ignore
    const shapes = shapesOf(["name", "loss", "x"], rows, 0, widthOf);
    expect(shapes.map(({ numeric }) => numeric)).toEqual([false, true, false]);
    expect(shapes.map(({ width }) => width)).toEqual([320, 70, 64]);
    expect(widened(shapes, [["", "0.123 ± 0.004", ""]], widthOf)[1]!.width).toBe(7 * 13 + 26);
    expect(capped(shapes, 1, 400).map(({ width }) => width)).toEqual([180, 70, 64]);
  });
  it("are arranged: the pinned first", () => {
    expect(arranged(["a", "b", "c"], ["c"])).toEqual(["c", "a", "b"]);
    expect(moved(["a", "b", "c"], "c", "a")).toEqual(["c", "a", "b"]);
    expect(moved(["a", "b", "c"], "a", null)).toEqual(["b", "c", "a"]);
    expect(moved(["a", "b"], "b", "b")).toEqual(["a", "b"]);
    expect(usualColumns(["id", "state", "name", "zeta"])).toEqual(["name", "state"]);
  });
});

describe("help with filters", () => {
  const names = ["optimizer", "val_accuracy", "val_loss", "train_loss"];
  it("completes the name at the caret", () => {
    const text = 'optimizer = "adam" and val_a > 0.8';
    expect(completions(wordAt(text, 28), names)).toEqual(["val_accuracy"]);
    expect(completions(wordAt("loss", 4), names)).toEqual(["val_loss", "train_loss"]);
  });
  it("stays quiet within a text, at a number, at a whole name", () => {
    expect(wordAt('name = "val_', 12)).toBeNull();
    expect(wordAt("x > 0.8", 7)).toBeNull();
    expect(completions(wordAt("optimizer", 9), names)).toEqual([]);
    expect(completions(wordAt("an", 2), ["band"])).toEqual(["band"]);
    expect(completions(wordAt("and", 3), ["band"])).toEqual([]);
  });
  it("writes names and ids", () => {
    expect(onlyRuns(["a", 'b"'])).toBe('id in ("a", "b""")');
    expect([named("val_loss"), named("my column")]).toEqual(["val_loss", "`my column`"]);
  });
});

describe("a comparison", () => {
  it("finds what differs, nested names too", () => {
    const lines = linesOf([{ a: 1, b: { c: "x" }, d: [1, 2] }, { a: 1, b: { c: "y" }, d: [1, 2], e: null }]); // prettier-ignore
    expect(lines.filter(({ differs }) => differs).map(({ name }) => name)).toEqual(["b.c", "e"]);
    expect(lines.map(({ name }) => name)).toEqual(["a", "b.c", "d", "e"]);
  });
  it("puts the curves of a metric into one panel", () => {
    const run = (id: string): Run => ({ id, name: "same" }) as Run;
    const history = {
      names: ["train_loss", "val_loss", "val_accuracy", "train_seconds"],
      epochs: [1],
      values: [[1, 2, 3, 4]],
    };
    const better = { ...history, values: [[1, 2, 3.5, 4]] };
    const { title, data } = curvesOf([run("a"), run("b")], [history, better]);
    const { panels } = data;
    expect(title).toBe("b reaches 350.00 % validation accuracy, the highest");
    expect(panels.map(({ y, lines }) => [y.name, lines.length])).toEqual([["accuracy", 2], ["loss", 4]]); // prettier-ignore
    expect(panels[1]!.lines.map(({ name, role }) => [name, role])).toContainEqual(["b, training", "train"]);
  });
});
