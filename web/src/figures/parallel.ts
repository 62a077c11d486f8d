// parallel.ts: every trial a line through its parameters to its metric.
import { base, type Drawing } from "./drawing";
import type { Axis, ParallelData, Table } from "./figure";
import { cell, tick } from "./numbers";
import { metricColours, metricText, trialTip } from "./trials";

/** The metric of a line; texts are no metric. */
export function metricOf(data: ParallelData, line: ParallelData["lines"][number]): number | null {
  const value = line.values[data.axes.length - 1];
  return typeof value === "number" ? value : null;
}

/** Opacity that lets single lines be seen among few, and density among many. */
export function lineOpacity(lines: number): number {
  return Math.max(0.08, Math.min(0.85, 8 / Math.sqrt(lines + 1)));
}

export const parallel: Drawing<"parallel"> = {
  size: (figure) => ({ width: Math.max(480, Math.min(140 * figure.data.axes.length, 1160)), height: 380 }),

  option: (figure, look, frame) => {
    const data = figure.data;
    const metric = data.axes[data.axes.length - 1];
    const colourOf = metricColours(
      data.lines.map((line) => metricOf(data, line)),
      data.goal,
      look,
    );
    // The best lines are drawn last, above the others.
    const order = data.lines.slice().sort((a, b) => {
      const left = metricOf(data, a);
      const right = metricOf(data, b);
      if (left === null || right === null) return (left === null ? 0 : 1) - (right === null ? 0 : 1);
      return data.goal === "maximize" ? left - right : right - left;
    });
    const opacity = lineOpacity(data.lines.length);
    return {
      ...base(look),
      parallel: {
        left: frame.left + 56,
        top: frame.top + 34,
        width: frame.width - 116,
        height: frame.height - 50,
        axisExpandable: false,
        parallelAxisDefault: { nameLocation: "end", nameGap: 14 },
      },
      parallelAxis: data.axes.map((axis: Axis, i) => ({
        dim: i,
        name: axis.label,
        nameTextStyle: { color: look.ink, fontSize: 12, fontWeight: i === data.axes.length - 1 ? "bold" : "normal" },
        nameTruncate: {
          maxWidth: Math.max(60, (frame.width - 116) / Math.max(1, data.axes.length - 1) - 8),
          ellipsis: "…",
        },
        type: axis.scale === "category" ? "category" : axis.scale === "log" ? "log" : "value",
        scale: true,
        data: axis.scale === "category" ? axis.values : undefined,
        axisLine: { lineStyle: { color: look.muted, width: 1 } },
        axisTick: { show: false },
        axisLabel: {
          color: look.ink,
          fontSize: 11,
          textBorderColor: look.paper,
          textBorderWidth: 3,
          formatter: (value: number | string) => (typeof value === "string" ? value : tick(axis, value)),
        },
        areaSelectStyle: { color: look.accent, opacity: 0.15, borderColor: look.accent, width: 16 },
      })),
      tooltip: {
        ...base(look).tooltip,
        trigger: "item",
        formatter: (hovered: { dataIndex: number }) => {
          const line = order[hovered.dataIndex];
          if (!line || !metric) return "";
          const rows = data.axes.map((axis, i): [string, string] => {
            const value = line.values[i];
            return [
              axis.label,
              axis === metric ? metricText(axis, metricOf(data, line)) : cell(value === undefined ? null : value),
            ];
          });
          return trialTip(line.trial, rows);
        },
      },
      series: [
        {
          type: "parallel",
          id: "trials",
          smooth: false,
          progressive: 0,
          inactiveOpacity: 0.03,
          activeOpacity: Math.max(opacity, 0.5),
          data: order.map((line) => ({
            name: line.trial.run,
            value: line.values.map((value) => (value === null ? "-" : value)),
            lineStyle: {
              color: colourOf(metricOf(data, line)),
              width: data.lines.length > 300 ? 1 : 1.5,
              opacity: opacity,
            },
          })),
        },
      ],
    };
  },

  table: (figure): Table => ({
    columns: ["trial", "name", "state"].concat(figure.data.axes.map((axis) => axis.label)),
    rows: figure.data.lines.map((line) => {
      const head: (string | number | null)[] = [line.trial.number, line.trial.name, line.trial.state];
      return head.concat(line.values);
    }),
  }),
};
