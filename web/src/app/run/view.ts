// view.ts: what the curves of a run keep in the address.
import { measures, type Measure } from "./clock";
import { smoothings, type Smoothing } from "./smooth";

export interface CurvesView {
  x: Measure;
  logX: boolean;
  logY: boolean;
  smoothing: Smoothing;
  /** Of the smoothing: a share of what is shown, in percent. */
  width: number;
  /** What is shown of x; null: all. */
  range: [number, number] | null;
}

export const usualWidth = 5;

const oneOf = <T extends string>(all: readonly T[], said: string | undefined): T =>
  all.find((one) => one === said) ?? all[0]!;

export function viewOf(query: Record<string, string>): CurvesView {
  const width = Number(query["width"] ?? usualWidth);
  const [from, to] = (query["zoom"] ?? "").split(",").map((piece) => (piece === "" ? NaN : Number(piece)));
  const whole = from === undefined || to === undefined || !(from < to) || !Number.isFinite(to - from);
  return {
    x: oneOf(measures, query["by"]),
    logX: (query["log"] ?? "").includes("x"),
    logY: (query["log"] ?? "").includes("y"),
    smoothing: oneOf(smoothings, query["smooth"]),
    width: width > 0 && width <= 50 ? width : usualWidth,
    range: whole ? null : [from, to],
  };
}

/** So many digits that a zoom stays what it was. */
const brief = (value: number): string => String(Number(value.toPrecision(6)));

/** The query of a view; what is usual is left empty. */
export function queryOf(view: CurvesView): Record<string, string> {
  return {
    by: view.x === "epoch" ? "" : view.x,
    log: (view.logX ? "x" : "") + (view.logY ? "y" : ""),
    smooth: view.smoothing === "none" ? "" : view.smoothing,
    width: view.smoothing === "none" || view.width === usualWidth ? "" : String(view.width),
    zoom: view.range ? view.range.map(brief).join(",") : "",
  };
}
