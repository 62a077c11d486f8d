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

/** How high the drawing is at a width. */
export const heightAt = (figure: Figure, width: number): number =>
  drawingOf(figure.kind)?.size(figure, width || undefined).height ?? 280;
