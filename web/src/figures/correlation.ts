// correlation.ts: how parameters and metrics go together: a heat map of correlations.
import { base, keepingShape, tip, type Drawing } from "./drawing";
import type { Table } from "./figure";
import { along, inkOn, signedRamp } from "./look";

function text(value: number): string {
  return (value < 0 ? "−" : "") + Math.abs(value).toFixed(2);
}

function longest(names: string[]): number {
  return names.reduce((most, name) => Math.max(most, name.length), 0);
}

export const correlation: Drawing<"correlation"> = {
  size: (figure, width) => {
    const cells = Math.max(1, figure.data.names.length);
    const side = cells * Math.max(24, Math.min(44, 900 / cells));
    const label = Math.min(190, 16 + 6.6 * longest(figure.data.names));
    return keepingShape({ width: side + label + 40, height: side + 0.72 * label + 20 }, width);
  },

  option: (figure, look, frame) => {
    const data = figure.data;
    const cells = Math.max(1, data.names.length);
    const label = Math.min(190, 16 + 6.6 * longest(data.names));
    const left = frame.left + label;
    const top = frame.top + 0.72 * label;
    const width = Math.max(40, frame.width - label - 40);
    const height = Math.max(40, frame.height - 0.72 * label - 20);
    const across = width / cells;
    const down = height / cells;
    const ramp = signedRamp(look);
    const children: object[] = [];
    data.names.forEach((name, i) => {
      const metric = i >= data.parameters;
      const style = {
        text: name, fill: look.ink, font: (metric ? "bold " : "") + "11px " + look.font, width: label - 12, overflow: "truncate", ellipsis: "…",
      }; // prettier-ignore
      children.push({
        type: "text", silent: true, x: left - 6, y: top + (i + 0.5) * down,
        style: { ...style, align: "right", verticalAlign: "middle" },
      }); // prettier-ignore
      children.push({
        type: "text", silent: true, x: left + (i + 0.5) * across, y: top - 6, rotation: Math.PI / 4,
        style: { ...style, align: "left", verticalAlign: "middle" },
      }); // prettier-ignore
    });
    if (data.parameters > 0 && data.parameters < cells) {
      const x = left + data.parameters * across;
      const y = top + data.parameters * down;
      [
        [x, top, x, top + height],
        [left, y, left + width, y],
      ].forEach((ends) => {
        children.push({
          type: "line", silent: true, z: 10, shape: { x1: ends[0], y1: ends[1], x2: ends[2], y2: ends[3] },
          style: { stroke: look.ink, lineWidth: 1 },
        }); // prettier-ignore
      });
    }
    const entries: (number | string)[][] = [];
    data.values.forEach((row, y) => row.forEach((value, x) => entries.push([x, y, value === null ? "-" : value])));
    return {
      ...base(look),
      grid: { left: left, top: top, width: width, height: height, show: true, borderColor: look.rule },
      xAxis: { type: "category", show: false, data: data.names },
      yAxis: { type: "category", show: false, inverse: true, data: data.names },
      graphic: { elements: children },
      tooltip: {
        ...base(look).tooltip,
        formatter: (hovered: { value: (number | string)[] }) => {
          const value = hovered.value[2];
          const names = data.names[Number(hovered.value[1])] + " and " + data.names[Number(hovered.value[0])];
          return tip(names, [["correlation", typeof value === "number" ? text(value) : "not defined"]]);
        },
      },
      series: [
        {
          type: "custom",
          id: "cells",
          data: entries,
          clip: false,
          renderItem: (_: unknown, api: { value(d: number): number; coord(p: number[]): number[] }) => {
            const value = api.value(2);
            const middle = api.coord([api.value(0), api.value(1)]);
            const known = value === value;
            const ground = known ? along(ramp, (value + 1) / 2) : look.paper;
            const children: object[] = [
              {
                type: "rect",
                shape: { x: middle[0]! - across / 2, y: middle[1]! - down / 2, width: across, height: down },
                style: { fill: ground, stroke: look.paper, lineWidth: 1 },
              },
            ];
            if (across >= 26 && down >= 16) {
              children.push({
                type: "text",
                x: middle[0],
                y: middle[1],
                style: {
                  text: known ? text(value) : "–",
                  fill: known ? inkOn(ground) : look.muted,
                  font: Math.min(11, across / 3.6) + "px " + look.font,
                  align: "center",
                  verticalAlign: "middle",
                },
              });
            }
            return { type: "group", children: children };
          },
        },
      ],
    };
  },

  table: (figure): Table => ({
    columns: [""].concat(figure.data.names),
    rows: figure.data.values.map((row, i) => {
      const head: (string | number | null)[] = [figure.data.names[i]!];
      return head.concat(row);
    }),
  }),
};
