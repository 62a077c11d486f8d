// layout.ts: where the columns of the table are, for its head and its rows.
import { columnsSeen } from "./window";
import { capped, type Shape } from "./columns";

export interface Layout {
  columns: string[];
  shapes: Shape[];
  /** Places of the columns that are drawn. */
  here: number[];
  /** How many stay at the left. */
  pinned: number;
  /** Where those stay, in CSS pixels. */
  lefts: number[];
  /** For grid-template-columns: the box, the columns, what is left. */
  template: string;
  /** The column whose values lead to the run. */
  linked: string | undefined;
}

export const rowHeight = 28;
const boxWidth = 36;
const beside = 200;

/** The layout in a view of `width` pixels that is scrolled to `left`. */
export function layoutOf(columns: string[], wished: Shape[], pinned: number, left: number, width: number): Layout {
  const shapes = width ? capped(wished, pinned, width) : wished;
  const widths = shapes.map((shape) => shape.width);
  let next = boxWidth;
  const lefts = widths.slice(0, pinned).map((one) => (next += one) - one);
  return {
    columns,
    shapes,
    here: columnsSeen(widths, pinned, left, width, beside).filter((i) => i < columns.length),
    pinned,
    lefts,
    template: `${boxWidth}px ${widths.map((one) => `${one}px`).join(" ")} minmax(16px, 1fr)`,
    linked: ["name", "id"].find((name) => columns.includes(name)) ?? columns[0],
  };
}

/** Of a pinned column, where it stays. */
export const leftOf = ({ pinned, lefts }: Layout, i: number): string | null => (i < pinned ? `${lefts[i]}px` : null);
