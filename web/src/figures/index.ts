// index.ts: the catalog of drawings. A new kind is one file, one line here and its data in figure.ts.
import { confusion } from "./confusion";
import { contour } from "./contour";
import { correlation } from "./correlation";
import { created } from "./created";
import { curves } from "./curves";
import { distribution } from "./distribution";
import type { Drawing } from "./drawing";
import type { Kind } from "./figure";
import { gallery } from "./gallery";
import { importance } from "./importance";
import { parallel } from "./parallel";
import { reliability } from "./reliability";
import { scores } from "./scores";
import { slices } from "./slices";
import { weights } from "./weights";

export const drawings: { [K in Kind]: Drawing<K> } = {
  confusion, contour, correlation, created, curves, distribution, gallery, importance, parallel, reliability, scores,
  slices, weights,
}; // prettier-ignore

/** The drawing of a kind; kinds come from outside, so that an unknown one has none. */
export function drawingOf<K extends Kind>(kind: K): Drawing<K> | undefined {
  return Object.prototype.hasOwnProperty.call(drawings, kind) ? drawings[kind] : undefined;
}
