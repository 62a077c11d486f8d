// scores.ts: precision, recall and F1 of each class, side by side.
import { axisOf, base, tip, type Drawing } from "./drawing";
import type { Table } from "./figure";
import { grouped, percent } from "./numbers";

const row = 26;

export const scores: Drawing<"scores"> = {
  size: (figure) => ({ width: 600, height: 60 + row * Math.max(1, figure.data.classes.length) }),

  option: (figure, look, frame) => {
    const classes = figure.data.classes;
    const label = Math.min(150, 20 + 7 * classes.reduce((most, each) => Math.max(most, each.name.length), 0));
    let lowest = 1;
    classes.forEach((each) =>
      [each.precision, each.recall, each.f1].forEach((value) => {
        if (value !== null) lowest = Math.min(lowest, value);
      }),
    );
    const marks: ["precision" | "recall" | "f1", string, string, string][] = [
      ["precision", "precision", "diamond", look.categories[1]!],
      ["recall", "recall", "circle", look.categories[0]!],
      ["f1", "F1", "rect", look.ink],
    ];
    return {
      ...base(look),
      title: marks.map((mark, i) => ({
        left: frame.left + label + 96 * i,
        top: frame.top,
        padding: 0,
        text: (mark[2] === "circle" ? "● " : mark[2] === "diamond" ? "◆ " : "▌ ") + mark[1],
        textStyle: { fontSize: 12, fontWeight: "normal", color: mark[3], fontFamily: look.font },
      })),
      grid: {
        left: frame.left + label,
        top: frame.top + 24,
        width: frame.width - label - 30,
        height: frame.height - 54,
      },
      xAxis: {
        ...axisOf({ name: "share", label: "", scale: "linear" }, look),
        min: Math.max(0, Math.floor(10 * lowest) / 10),
        max: 1,
        axisLabel: { color: look.muted, fontSize: 11, formatter: (value: number) => percent(value, 0) },
      },
      yAxis: {
        type: "category",
        inverse: true,
        data: classes.map((each) => each.name),
        axisLine: { show: false },
        axisTick: { show: false },
        splitLine: { show: true, lineStyle: { color: look.rule, opacity: 0.5 } },
        axisLabel: { color: look.ink, fontSize: 12, width: label - 10, overflow: "truncate" },
      },
      tooltip: {
        ...base(look).tooltip,
        trigger: "axis",
        formatter: (hovered: { dataIndex: number }[]) => {
          const each = hovered[0] ? classes[hovered[0].dataIndex] : undefined;
          if (!each) return "";
          return tip(each.name, [
            ["precision", percent(each.precision)],
            ["recall", percent(each.recall)],
            ["F1", percent(each.f1)],
            ["samples", grouped(each.samples)],
          ]);
        },
      },
      series: marks.map((mark) => ({
        type: "scatter",
        name: mark[1],
        symbol: mark[2],
        symbolSize: mark[2] === "rect" ? [3, 13] : mark[2] === "diamond" ? 10 : 9,
        itemStyle: { color: mark[3] },
        data: classes.map((each) => {
          const value = each[mark[0]];
          return value === null ? "-" : value;
        }),
      })),
    };
  },

  table: (figure): Table => ({
    columns: ["class", "precision", "recall", "F1", "samples"],
    rows: figure.data.classes.map((each) => [each.name, each.precision, each.recall, each.f1, each.samples]),
  }),
};
