// distribution.ts: which share of the runs reaches a value.
import { axisOf, base, tip, type Drawing } from "./drawing";
import type { Table } from "./figure";
import { percent } from "./numbers";
import { metricText } from "./trials";

/** The share of values that are at least as good, as a staircase from the worst value to the best. */
export function reached(values: number[], goal: "minimize" | "maximize"): [number, number][] {
  const sorted = values.slice().sort((a, b) => (goal === "maximize" ? a - b : b - a));
  return sorted.map((value, i): [number, number] => [value, (sorted.length - i) / sorted.length]);
}

export const distribution: Drawing<"distribution"> = {
  size: () => ({ width: 560, height: 300 }),

  option: (figure, look, frame) => {
    const data = figure.data;
    return {
      ...base(look),
      grid: { left: frame.left + 60, top: frame.top + 10, width: frame.width - 80, height: frame.height - 56 },
      xAxis: {
        ...axisOf(data.metric, look),
        nameGap: 26,
        splitLine: { show: false },
        inverse: data.goal === "minimize",
      },
      yAxis: {
        ...axisOf({ name: "share", label: "share of the runs that reach it", scale: "linear" }, look),
        min: 0,
        max: 1,
        nameGap: 44,
        axisLabel: { color: look.muted, fontSize: 11, formatter: (value: number) => percent(value, 0) },
      },
      tooltip: {
        ...base(look).tooltip,
        trigger: "axis",
        formatter: (hovered: { seriesName: string; value: [number, number] }[]) => {
          const first = hovered[0];
          if (!first) return "";
          return tip(
            data.metric.label + " " + metricText(data.metric, first.value[0]),
            hovered.map((each): [string, string] => [
              each.seriesName,
              percent(each.value[1], 0) + " of the runs reach it",
            ]),
          );
        },
      },
      series: data.groups.map((group, i) => ({
        type: "line",
        name: group.name,
        step: "start",
        symbol: "none",
        lineStyle: { width: 1.8, color: look.categories[i % look.categories.length] },
        data: reached(group.values, data.goal),
        endLabel: { show: data.groups.length > 1, formatter: group.name, color: look.ink, fontSize: 11 },
      })),
    };
  },

  table: (figure): Table => ({
    columns: ["group", figure.data.metric.label],
    rows: ([] as Table["rows"]).concat.apply(
      [],
      figure.data.groups.map((group) => group.values.map((value) => [group.name, value] as (string | number)[])),
    ),
  }),
};
