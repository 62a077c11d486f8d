// gallery.ts: pictures side by side, each with its words.
import { base, columnsFor, type Drawing, type Option } from "./drawing";
import type { Figure, Table } from "./figure";

const tile = 104;
const gap = 12;

function textHeight(figure: Figure<"gallery">): number {
  return figure.data.tiles.some((each) => each.detail) ? 38 : 22;
}

export const gallery: Drawing<"gallery"> = {
  size: (figure, width) => {
    const tiles = Math.max(1, figure.data.tiles.length);
    const natural = Math.max(1, Math.min(figure.data.columns, tiles)) * (tile + gap) - gap;
    const rows = Math.ceil(tiles / columnsFor((width ?? natural) + gap, tile + gap, tiles, tiles));
    return { width: width ?? natural, height: rows * (tile + textHeight(figure) + gap) };
  },

  option: (figure, look, frame): Option => {
    const columns = columnsFor(frame.width + gap, tile + gap, figure.data.tiles.length, figure.data.tiles.length);
    const step = tile + textHeight(figure) + gap;
    const children: object[] = [];
    figure.data.tiles.forEach((each, i) => {
      const x = frame.left + (i % columns) * (tile + gap);
      const y = frame.top + Math.floor(i / columns) * step;
      if (each.picture === null) {
        children.push({
          type: "rect", silent: true, shape: { x: x, y: y, width: tile, height: tile },
          style: { fill: look.faint, stroke: look.rule },
        }); // prettier-ignore
      } else {
        children.push({
          type: "image", silent: true, style: { image: each.picture, x: x, y: y, width: tile, height: tile },
        }); // prettier-ignore
      }
      children.push({
        type: "text", silent: true, x: x, y: y + tile + 5,
        style: {
          text: each.title, fill: each.wrong ? look.bad : look.ink, font: "bold 12px " + look.font,
          width: tile + gap - 4, overflow: "truncate", ellipsis: "…",
        },
      }); // prettier-ignore
      if (each.detail) {
        children.push({
          type: "text", silent: true, x: x, y: y + tile + 21,
          style: {
            text: each.detail, fill: look.muted, font: "11px " + look.font,
            width: tile + gap - 4, overflow: "truncate", ellipsis: "…",
          },
        }); // prettier-ignore
      }
    });
    return { ...base(look), graphic: { elements: children } };
  },

  table: (figure): Table => {
    return {
      columns: ["name", "detail"],
      rows: figure.data.tiles.map((each) => [each.title, each.detail || ""]),
    };
  },
};
