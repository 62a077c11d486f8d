// parallel.ts: every trial a line through its parameters to its metric.
import { base, twoLines, type Drawing } from "./drawing";
import type { Axis, ParallelData, Table } from "./figure";
import { laneOf, laneScale, placeOn, stopOf, type Lane } from "./lane";
import { along, metricRamp, type Look } from "./look";
import { cell } from "./numbers";
import { metricColours, metricText, trialTip } from "./trials";

type Line = ParallelData["lines"][number];

const metricAt = (data: ParallelData): number => data.metric ?? data.axes.length - 1;

/** The metric of a line; texts are no metric. */
export function metricOf(data: ParallelData, line: Line): number | null {
  const value = line.values[metricAt(data)];
  return typeof value === "number" ? value : null;
}

/** The lanes of the axes, in their order. */
export function lanesOf(data: ParallelData): Lane[] {
  return data.axes.map((axis, i) =>
    laneOf(
      axis,
      data.lines.map((line) => line.values[i] ?? null),
    ),
  );
}

/** The colour of each line: by the metric, or by another axis. */
function coloursOf(data: ParallelData, lanes: Lane[], look: Look): (line: Line) => string {
  const at = data.colour ?? metricAt(data);
  if (at === metricAt(data)) {
    const values = data.lines.map((line) => metricOf(data, line));
    const colour = metricColours(values, data.goal, look);
    return (line) => colour(metricOf(data, line));
  }
  const lane = lanes[at];
  const axis: Axis | undefined = data.axes[at];
  return (line) => {
    const value = line.values[at];
    if (!lane || !axis || value === null || value === undefined) return look.muted;
    const place = stopOf(lane, value);
    if (axis.scale === "category") return look.categories[Math.max(0, place) % look.categories.length]!;
    const measure = (each: number): number => (axis.scale === "log" && !lane.even ? Math.log(each) : each);
    return along(metricRamp(look), (measure(place) - measure(lane.low)) / (measure(lane.high) - measure(lane.low)));
  };
}

/** Opacity that lets single lines be seen among few, and density among many. */
export function lineOpacity(lines: number): number {
  return Math.max(0.08, Math.min(0.85, 8 / Math.sqrt(lines + 1)));
}

function axisOption(lane: Lane, dim: number, last: boolean, spacing: number, look: Look): object {
  const { scale, label } = laneScale(lane);
  return {
    ...scale,
    id: lane.axis.name,
    dim: dim,
    inverse: !!lane.axis.flipped,
    name: twoLines(lane.axis.label, spacing / 7.2),
    nameTextStyle: { color: look.ink, fontSize: 12, lineHeight: 14, fontWeight: last ? "bold" : "normal" },
    axisLine: { lineStyle: { color: look.muted, width: 1 } },
    axisTick: { show: false },
    splitLine: { show: false },
    axisLabel: { ...label, color: look.ink, fontSize: 11, textBorderColor: look.paper, textBorderWidth: 3 },
    areaSelectStyle: { color: look.accent, opacity: 0.15, borderColor: look.accent, width: 16 },
  };
}

export const parallel: Drawing<"parallel"> = {
  size: (figure) => ({ width: Math.max(480, Math.min(140 * figure.data.axes.length, 1160)), height: 380 }),

  option: (figure, look, frame) => {
    const data = figure.data;
    const metric = data.axes[metricAt(data)];
    const lanes = lanesOf(data);
    const colourOf = coloursOf(data, lanes, look);
    // The best lines are drawn last, above the others.
    const order = data.lines.slice().sort((a, b) => {
      const left = metricOf(data, a);
      const right = metricOf(data, b);
      if (left === null || right === null) return (left === null ? 0 : 1) - (right === null ? 0 : 1);
      return data.goal === "maximize" ? left - right : right - left;
    });
    const opacity = lineOpacity(data.lines.length);
    const spacing = (frame.width - 130) / Math.max(1, data.axes.length - 1);
    return {
      ...base(look),
      parallel: { left: frame.left + 50, top: frame.top + 46, width: frame.width - 130, height: frame.height - 56 },
      parallelAxis: data.axes.map((axis, i) => axisOption(lanes[i]!, i, axis === metric, spacing, look)),
      tooltip: {
        ...base(look).tooltip,
        trigger: "item",
        formatter: (hovered: { dataIndex: number }) => {
          const line = order[hovered.dataIndex];
          if (!line || !metric) return "";
          const rows = data.axes.map((axis, i): [string, string] => {
            return [
              axis.label,
              axis === metric ? metricText(axis, metricOf(data, line)) : cell(line.values[i] ?? null),
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
            value: lanes.map((lane, i) => placeOn(lane, line.values[i], line.trial.number) ?? "-"),
            lineStyle: {
              color: colourOf(line),
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
