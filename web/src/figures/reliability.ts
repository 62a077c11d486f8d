// reliability.ts: whether the network is right as often as it says.
import { axisOf, base, keepingShape, tip, type Drawing } from "./drawing";
import type { ReliabilityData, Table } from "./figure";
import { grouped, percent } from "./numbers";

type Bin = ReliabilityData["bins"][number];

export const reliability: Drawing<"reliability"> = {
  size: (_, width) => keepingShape({ width: 460, height: 460 }, width),

  option: (figure, look, frame) => {
    const bins = figure.data.bins;
    const most = bins.reduce((highest, bin) => Math.max(highest, bin.count), 1);
    const share = (value: number): string => percent(value, 0);
    const axis = (label: string, gap: number): object => ({
      ...axisOf({ name: "share", label: label, scale: "linear" }, look),
      min: 0,
      max: 1,
      interval: 0.25,
      nameGap: gap,
      axisLabel: { color: look.muted, fontSize: 11, formatter: share },
    });
    const upper = { left: frame.left + 60, top: frame.top + 8, width: frame.width - 80, height: frame.height - 150 };
    return {
      ...base(look),
      grid: [upper, { left: upper.left, top: upper.top + upper.height + 28, width: upper.width, height: 60 }],
      xAxis: [
        { ...axis("", 0), axisLabel: { show: false } },
        { ...axis("confidence: probability of the answer", 26), gridIndex: 1, splitLine: { show: false } },
      ],
      yAxis: [
        axis("right answers", 44),
        {
          type: "value",
          gridIndex: 1,
          max: most,
          interval: most,
          axisLabel: {
            color: look.muted,
            fontSize: 11,
            formatter: (value: number) => (value === 0 ? "" : grouped(value)),
          },
          splitLine: { show: false },
        },
      ],
      tooltip: {
        ...base(look).tooltip,
        trigger: "item",
        formatter: (hovered: { dataIndex: number }) => {
          const bin: Bin | undefined = bins[hovered.dataIndex];
          if (!bin) return "";
          return tip("confidence " + share(bin.low) + " to " + share(bin.high), [
            ["mean confidence", percent(bin.confidence)],
            ["right", percent(bin.accuracy)],
            ["answers", grouped(bin.count)],
          ]);
        },
      },
      series: [
        {
          type: "line",
          silent: true,
          symbol: "none",
          lineStyle: { color: look.muted, type: [4, 4], width: 1 },
          data: [
            [0, 0],
            [1, 1],
          ],
        },
        {
          type: "line",
          id: "bins",
          symbol: "circle",
          symbolSize: 7,
          itemStyle: { color: look.accent },
          lineStyle: { color: look.accent, width: 1.8 },
          data: bins.map((bin) => (bin.count > 0 ? [bin.confidence, bin.accuracy] : ["-", "-"])),
        },
        {
          type: "custom",
          id: "counts",
          xAxisIndex: 1,
          yAxisIndex: 1,
          data: bins.map((bin) => [bin.low, bin.high, bin.count]),
          renderItem: (_: unknown, api: { value(d: number): number; coord(p: number[]): number[] }) => {
            const from = api.coord([api.value(0), api.value(2)]);
            const to = api.coord([api.value(1), 0]);
            return {
              type: "rect",
              shape: {
                x: from[0]! + 0.5,
                y: from[1],
                width: Math.max(1, to[0]! - from[0]! - 1),
                height: to[1]! - from[1]!,
              },
              style: { fill: look.muted },
            };
          },
        },
      ],
    };
  },

  table: (figure): Table => ({
    columns: ["from", "to", "mean confidence", "right", "answers"],
    rows: figure.data.bins.map((bin) => [bin.low, bin.high, bin.confidence, bin.accuracy, bin.count]),
  }),
};
