// importance.ts: what each parameter is worth to the metric, beside its correlation.
import { axisOf, base, tip, type Drawing } from "./drawing";
import type { Table } from "./figure";
import { percent, short } from "./numbers";

const row = 34;

function labelRoom(labels: string[]): number {
  return Math.min(170, 24 + 7 * labels.reduce((most, label) => Math.max(most, label.length), 0));
}

export const importance: Drawing<"importance"> = {
  size: (figure) => ({ width: 640, height: 76 + row * Math.max(1, figure.data.parameters.length) }),

  option: (figure, look, frame) => {
    const parameters = figure.data.parameters;
    const labels = parameters.map((each) => each.label);
    const left = frame.left + labelRoom(labels);
    const room = frame.left + frame.width - left;
    const wide = Math.max(80, 0.56 * room);
    const narrow = Math.max(60, room - wide - 64);
    const height = frame.height - 70;
    const top = frame.top + 28;
    const names = {
      type: "category",
      inverse: true,
      data: labels,
      axisLine: { show: false },
      axisTick: { show: false },
    };
    const highest = parameters.reduce((most, each) => Math.max(most, each.high || each.importance || 0), 0.05);
    return {
      ...base(look),
      title: [
        { text: "importance", left: left, top: frame.top + 4, padding: 0 },
        { text: "correlation", left: left + wide + 40, top: frame.top + 4, padding: 0 },
      ].map((title) => ({
        ...title,
        textStyle: { fontSize: 12, fontWeight: "normal", color: look.muted, fontFamily: look.font },
      })),
      grid: [
        { left: left, top: top, width: wide, height: height },
        { left: left + wide + 40, top: top, width: narrow, height: height },
      ],
      xAxis: [
        {
          ...axisOf({ name: "importance", label: "", scale: "linear" }, look),
          min: 0,
          max: Math.min(1, Math.ceil(10 * highest) / 10),
          axisLabel: { color: look.muted, fontSize: 11, formatter: (value: number) => percent(value, 0), hideOverlap: true },
        },
        {
          ...axisOf({ name: "correlation", label: "", scale: "linear" }, look),
          gridIndex: 1,
          min: -1,
          max: 1,
          interval: 1,
          axisLabel: { color: look.muted, fontSize: 11, formatter: (value: number) => short(value) },
        },
      ],
      yAxis: [
        { ...names, axisLabel: { color: look.ink, fontSize: 12, width: labelRoom(labels) - 14, overflow: "truncate" } },
        { ...names, gridIndex: 1, axisLabel: { show: false } },
      ],
      tooltip: {
        ...base(look).tooltip,
        trigger: "item",
        formatter: (hovered: { dataIndex: number }) => {
          const each = parameters[hovered.dataIndex];
          if (!each) return "";
          const range = each.low != null && each.high != null ? " (" + percent(each.low, 0) + " to " + percent(each.high, 0) + ")" : "";
          return tip(each.label, [
            ["importance", percent(each.importance, 0) + range],
            ["correlation", short(each.correlation, 2)],
          ]);
        },
      },
      series: [
        {
          type: "bar",
          barWidth: 14,
          itemStyle: { color: look.accent },
          data: parameters.map((each) => each.importance),
        },
        {
          type: "custom",
          z: 4,
          silent: true,
          data: parameters.map((each, i) => [each.low == null ? "-" : each.low, i, each.high == null ? "-" : each.high]),
          renderItem: (_: unknown, api: { value(d: number): number; coord(p: number[]): number[] }) => {
            const from = api.coord([api.value(0), api.value(1)]);
            const to = api.coord([api.value(2), api.value(1)]);
            if (!(to[0]! >= from[0]!)) return null;
            const style = { stroke: look.ink, lineWidth: 1.2, fill: "none" };
            const y = from[1]!;
            return {
              type: "path",
              shape: {
                pathData: "M" + from[0] + " " + y + "H" + to[0] + "M" + from[0] + " " + (y - 3) + "v6M" + to[0] + " " + (y - 3) + "v6",
              },
              style: style,
            };
          },
        },
        {
          type: "bar",
          xAxisIndex: 1,
          yAxisIndex: 1,
          barWidth: 14,
          data: parameters.map((each) => ({
            value: each.correlation === null ? "-" : each.correlation,
            itemStyle: { color: (each.correlation || 0) < 0 ? look.categories[1] : look.categories[0] },
          })),
        },
      ],
    }; // prettier-ignore
  },

  table: (figure): Table => ({
    columns: ["parameter", "importance", "low", "high", "correlation with " + figure.data.metric],
    rows: figure.data.parameters.map((each) => [
      each.label,
      each.importance,
      each.low == null ? null : each.low,
      each.high == null ? null : each.high,
      each.correlation,
    ]),
  }),
};
