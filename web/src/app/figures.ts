// figures.ts: what the page has to know of a figure beyond its drawing.
import { drawingOf } from "../figures";
import type { Figure, Table } from "../figures/figure";

/** Whether there is something to draw; a figure of nothing yet says so in its title. */
export const holdsData = (figure: Figure): boolean => Object.keys(figure.data).length > 0;

/** A figure as its reader would tell it. */
export function spoken(figure: Figure): string {
  return [figure.title, figure.caption, ...figure.words].filter(Boolean).join(". ");
}

export function tableOf(figure: Figure): Table {
  const drawing = holdsData(figure) ? drawingOf(figure.kind) : undefined;
  return drawing ? drawing.table(figure) : { columns: [], rows: [] };
}

/** How high the drawing is at a width; what is laid out in columns needs more where fewer stand side by side. */
export function heightAt(figure: Figure, width: number): number {
  const natural = drawingOf(figure.kind)?.size(figure) ?? { width, height: 280 };
  const kinds = ["gallery", "confusion", "correlation"];
  if (width >= natural.width || width === 0) return natural.height;
  if (kinds.includes(figure.kind)) return Math.max(160, (natural.height * width) / natural.width);
  if (figure.kind === "curves" && width < 560) return 280 * (figure as Figure<"curves">).data.panels.length;
  return natural.height;
}
