// index.ts: the catalog of drawings. A new kind is one file, one line here and its data in figure.ts.
import { confusion } from "./confusion";
import { curves } from "./curves";
import type { Drawing } from "./drawing";
import type { Kind } from "./figure";
import { gallery } from "./gallery";

export const drawings: { [K in Kind]?: Drawing<K> } = {
  confusion: confusion,
  curves: curves,
  gallery: gallery,
};

/** The drawing of a kind; kinds come from outside, so that an unknown one has none. */
export function drawingOf<K extends Kind>(kind: K): Drawing<K> | undefined {
  return Object.prototype.hasOwnProperty.call(drawings, kind) ? (drawings[kind] as Drawing<K> | undefined) : undefined;
}
