// drawing.ts: what a kind of figure has to say about its drawing.
import type { Axis, Figure, Kind, State, Table } from "./figure";
import type { Look } from "./look";
import { short, tick } from "./numbers";

/** An option of ECharts. Its own type is too wide to help, and would tie the figures to one version of it. */
export interface Option {
  title?: object[];
  tooltip?: object;
  [component: string]: unknown;
}

export interface Size {
  width: number;
  height: number;
}

/** A place within the picture, in CSS pixels. */
export interface Frame extends Size {
  left: number;
  top: number;
}

/** One kind of figure. Pure functions; the same input gives the same drawing in every place. */
export interface Drawing<K extends Kind> {
  /** The natural size of the drawing, without title and words; at a given width, the height that it needs. */
  size(figure: Figure<K>, width?: number): Size;
  /** The drawing, kept within the frame. */
  option(figure: Figure<K>, look: Look, frame: Frame): Option;
  table(figure: Figure<K>): Table;
}

/** What stands between two options of all figures: no motion, our type. */
export function base(look: Look): Option {
  return {
    animation: false,
    color: look.categories,
    textStyle: { fontFamily: look.font, fontSize: 12, color: look.ink },
    tooltip: {
      confine: true,
      transitionDuration: 0,
      backgroundColor: look.paper,
      borderColor: look.rule,
      borderWidth: 1,
      padding: [6, 10],
      extraCssText: "box-shadow:none;border-radius:4px;max-width:28em;white-space:normal",
      textStyle: { color: look.ink, fontSize: 12, fontFamily: look.font },
    },
    aria: { enabled: false }, // The page says it in words of its own.
  };
}

/** Text in a tooltip, which is HTML. */
export function escaped(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}

/** Lines of a tooltip: a head, then names with values. */
export function tip(head: string, rows: [string, string][]): string {
  let text = "<b>" + escaped(head) + "</b>";
  for (let i = 0; i < rows.length; ++i) {
    text += "<br>" + escaped(rows[i]![0]) + (rows[i]![1] ? "&ensp;<b>" + escaped(rows[i]![1]) + "</b>" : "");
  }
  return text;
}

/** An axis of ECharts for one of ours; to be spread into a grid's xAxis or yAxis. */
export function axisOf(axis: Axis, look: Look): object {
  const shared = {
    name: axis.label,
    nameLocation: "middle",
    nameTextStyle: { color: look.muted, fontSize: 12 },
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: look.rule, width: 1, opacity: 0.7 } },
    axisLabel: { color: look.muted, fontSize: 11, hideOverlap: true },
  };
  if (axis.scale === "category") {
    return { ...shared, type: "category", data: axis.values || [], splitLine: { show: false } };
  }
  return {
    ...shared,
    type: axis.scale === "log" ? "log" : "value",
    scale: true,
    axisLabel: { ...shared.axisLabel, formatter: (value: number) => tick(axis, value) },
  };
}

/** The ends of a linear axis that hold all values, at round numbers, with about so many steps between. */
export function roundEnds(low: number, high: number, steps: number): { min: number; max: number; interval: number } {
  if (!(high > low)) {
    const room = Math.abs(low) * 0.05 || 1;
    return { min: low - room, max: high + room, interval: room };
  }
  const rough = (high - low) / steps;
  const power = Math.pow(10, Math.floor(Math.log(rough) / Math.LN10));
  const factor = rough / power;
  const interval = power * (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 2.5 ? 2.5 : factor <= 5 ? 5 : 10);
  return {
    min: Math.floor(low / interval + 1e-9) * interval,
    max: Math.ceil(high / interval - 1e-9) * interval,
    interval,
  };
}

/** How a state reads. */
export function stateName(state: State): string {
  return state.replace("_", " ");
}

/** Whether a run came to no good. */
export function isBad(state: State): boolean {
  return state === "diverged" || state === "failed" || state === "killed";
}

/** A number as a table shows it, or a text as it is. */
export function shown(value: number | string | null): string {
  return typeof value === "string" ? value : short(value, 4);
}

/** The text on two lines where one is too long; broken at the space nearest the middle. */
export function twoLines(text: string, letters: number): string {
  if (text.length <= letters) return text;
  let at = -1;
  for (let i = 0; i < text.length; ++i) {
    if (text.charAt(i) === " " && (at < 0 || Math.abs(2 * i - text.length) < Math.abs(2 * at - text.length))) at = i;
  }
  return at < 0 ? text : text.slice(0, at) + "\n" + text.slice(at + 1);
}

/** Panels side by side: as many as there is room for, each at least so wide. */
export function columnsFor(width: number, least: number, panels: number, most: number): number {
  return Math.max(1, Math.min(panels, most, Math.floor(width / least)));
}

/** A drawing that keeps its shape: smaller where it has to be, never larger than natural. */
export function keepingShape(natural: Size, width: number | undefined): Size {
  if (width === undefined || width >= natural.width) return { width: width ?? natural.width, height: natural.height };
  return { width: width, height: Math.max(160, (natural.height * width) / natural.width) };
}

/** How panels of one drawing stand side by side, in CSS pixels. */
export interface Panels {
  /** Of a panel: the least width, the natural one, and the height. */
  least: number;
  wide: number;
  high: number;
  /** Columns at most. */
  most: number;
  /** Of the whole drawing. */
  narrowest: number;
}

export function panelColumns(panels: Panels, count: number, width: number): number {
  return columnsFor(width, panels.least, count, panels.most);
}

export function panelSize(panels: Panels, count: number, width?: number): Size {
  const shown = Math.max(1, count);
  const whole = width ?? Math.max(panels.narrowest, panels.wide * Math.min(panels.most, shown));
  return { width: whole, height: panels.high * Math.ceil(shown / panelColumns(panels, shown, whole)) };
}
