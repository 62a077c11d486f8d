// contour.ts: the metric over two parameters: means of cells, and the trials themselves.
import { axisOf, base, type Drawing } from "./drawing";
import type { Axis, Table } from "./figure";
import { cell, tick } from "./numbers";
import { beside } from "./lane";
import { metricColours, metricText, trialTip } from "./trials";

/** The place of a value among the cells of an axis: cells are numbered, values between their middles lie between. */
export function placeAmong(cells: (number | string)[], axis: Axis, value: number | string): number {
  if (axis.scale === "category") return cells.map(String).indexOf(String(value));
  const measure = (each: number | string): number => (axis.scale === "log" ? Math.log(Number(each)) : Number(each));
  const at = measure(value);
  for (let i = 0; i + 1 < cells.length; ++i) {
    const from = measure(cells[i]!);
    const to = measure(cells[i + 1]!);
    if (at <= to || i + 2 === cells.length) return i + (to === from ? 0 : (at - from) / (to - from));
  }
  return 0;
}

export const contour: Drawing<"contour"> = {
  size: () => ({ width: 560, height: 420 }),

  option: (figure, look, frame) => {
    const data = figure.data;
    const colourOf = metricColours(
      data.points.map((point) => point.value),
      data.goal,
      look,
    );
    const axis = (of: Axis, cells: (number | string)[], gap: number): object => ({
      ...axisOf(
        { ...of, scale: "category", values: cells.map((each) => (typeof each === "string" ? each : tick(of, each))) },
        look,
      ),
      nameGap: gap,
      axisLabel: { color: look.muted, fontSize: 11, hideOverlap: true },
    });
    return {
      ...base(look),
      grid: { left: frame.left + 74, top: frame.top + 10, width: frame.width - 96, height: frame.height - 60, show: true, borderColor: look.rule },
      xAxis: axis(data.x, data.cells.x, 26),
      yAxis: axis(data.y, data.cells.y, 58),
      tooltip: {
        ...base(look).tooltip,
        trigger: "item",
        formatter: (hovered: { seriesId: string; dataIndex: number }) => {
          const point = hovered.seriesId === "trials" ? data.points[hovered.dataIndex] : undefined;
          if (!point) return "";
          return trialTip(point.trial, [
            [data.x.label, cell(point.x)],
            [data.y.label, cell(point.y)],
            [data.metric.label, metricText(data.metric, point.value)],
          ]);
        },
      },
      series: [
        {
          type: "custom",
          id: "cells",
          silent: true,
          data: data.cells.means,
          renderItem: (_: unknown, api: { value(d: number): number; coord(p: number[]): number[]; size(d: number[]): number[] }) => {
            const middle = api.coord([api.value(0), api.value(1)]);
            const size = api.size([1, 1]);
            return {
              type: "rect",
              shape: { x: middle[0]! - size[0]! / 2, y: middle[1]! - size[1]! / 2, width: size[0], height: size[1] },
              style: { fill: colourOf(api.value(2)), opacity: 0.45 },
            };
          },
        },
        {
          type: "custom",
          id: "trials",
          data: data.points.map((point) => [
            placeAmong(data.cells.x, data.x, point.x) + 0.6 * beside(point.trial.number),
            placeAmong(data.cells.y, data.y, point.y) + 0.6 * beside(7 * point.trial.number + 3),
            point.value,
          ]),
          renderItem: (_: unknown, api: { value(d: number): number; coord(p: number[]): number[]; size(d: number[]): number[] }) => {
            const origin = api.coord([0, 0]);
            const size = api.size([1, 1]);
            return {
              type: "circle",
              shape: { cx: origin[0]! + api.value(0) * size[0]!, cy: origin[1]! - api.value(1) * size[1]!, r: 4 },
              style: { fill: colourOf(api.value(2)), stroke: look.paper, lineWidth: 1 },
            };
          },
        },
      ],
    }; // prettier-ignore
  },

  table: (figure): Table => ({
    columns: ["trial", figure.data.x.label, figure.data.y.label, figure.data.metric.label],
    rows: figure.data.points.map((point) => [point.trial.number, point.x, point.y, point.value]),
  }),
};
