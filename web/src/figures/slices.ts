// slices.ts: the metric against each parameter, a panel a parameter.
import { axisOf, base, panelColumns, panelSize, roundEnds, type Drawing, type Panels } from "./drawing";
import type { SlicesData, Table } from "./figure";
import { laneOf, laneScale, placeOn, stopOf } from "./lane";
import { cell, isShare } from "./numbers";
import { metricText, trialMark, trialTip } from "./trials";

const side: Panels = { least: 240, wide: 250, high: 240, most: 4, narrowest: 480 };

/** Means by value where values repeat: the line through a category or a list of numbers. */
export function means(points: SlicesData["parameters"][number]["points"]): { x: number | string; mean: number }[] {
  const sums: { [x: string]: { x: number | string; sum: number; count: number } } = {};
  points.forEach((point) => {
    const entry = sums[point.x] || { x: point.x, sum: 0, count: 0 };
    entry.sum += point.y;
    entry.count += 1;
    sums[point.x] = entry;
  });
  const keys = Object.keys(sums);
  if (2 * keys.length > points.length) return [];
  return keys
    .map((key) => ({ x: sums[key]!.x, mean: sums[key]!.sum / sums[key]!.count }))
    .sort((a, b) => Number(a.x) - Number(b.x));
}

export const slices: Drawing<"slices"> = {
  size: (figure, width) => panelSize(side, figure.data.parameters.length, width),

  option: (figure, look, frame) => {
    const data = figure.data;
    const columns = panelColumns(side, data.parameters.length, frame.width);
    const rows = Math.max(1, Math.ceil(data.parameters.length / columns));
    const cellWidth = frame.width / columns;
    const cellHeight = frame.height / rows;
    let low = Infinity;
    let high = -Infinity;
    data.parameters.forEach((each) =>
      each.points.forEach((point) => {
        low = Math.min(low, point.y);
        high = Math.max(high, point.y);
      }),
    );
    const range = low <= high ? roundEnds(low, high, 4) : { min: 0, max: 1, interval: 0.25 };
    if (isShare(data.metric.name)) {
      range.max = Math.min(range.max, 1);
      range.min = Math.max(range.min, 0);
    }
    const grid: object[] = [];
    const xAxis: object[] = [];
    const yAxis: object[] = [];
    const series: object[] = [];
    data.parameters.forEach((each, i) => {
      const category = each.axis.scale === "category";
      const lane = laneOf(
        each.axis,
        each.points.map((point) => point.x),
      );
      const { scale, label } = laneScale(lane);
      const slot = (cellWidth - 68) / Math.max(1, lane.stops.length);
      const lean = lane.even && lane.stops.some((value) => 6.8 * String(value).length > slot);
      grid.push({
        id: each.axis.name,
        left: frame.left + (i % columns) * cellWidth + 52,
        top: frame.top + Math.floor(i / columns) * cellHeight + 10,
        width: cellWidth - 68,
        height: cellHeight - 82,
      });
      xAxis.push({
        ...axisOf({ ...each.axis, scale: "linear" }, look),
        ...scale,
        gridIndex: i,
        nameGap: lean ? 50 : 26,
        nameTextStyle: { color: look.ink, fontSize: 12 },
        splitLine: { show: false },
        axisLine: { show: true, onZero: false, lineStyle: { color: look.rule } },
        axisLabel: { ...label, color: look.muted, fontSize: 11, rotate: lean ? 38 : 0, hideOverlap: !lane.even },
      });
      yAxis.push({
        ...axisOf(data.metric, look),
        gridIndex: i,
        name: i % columns === 0 ? data.metric.label : "",
        nameGap: 38,
        ...(data.metric.scale === "linear" ? range : {}),
      });
      series.push({
        type: "scatter",
        id: "points " + i,
        xAxisIndex: i,
        yAxisIndex: i,
        symbolSize: each.points.length > 400 ? 4 : 6,
        data: each.points.map((point) => ({
          value: [placeOn(lane, point.x, point.trial.number), point.y],
          name: point.trial.run,
          itemStyle: { ...trialMark(point.trial, look.categories[0]!, look), opacity: 0.65 },
        })),
      });
      const through = means(each.points);
      series.push({
        type: category ? "scatter" : "line",
        id: "means " + i,
        xAxisIndex: i,
        yAxisIndex: i,
        z: 5,
        silent: true,
        symbol: category ? "rect" : "circle",
        symbolSize: category ? [Math.max(8, 0.5 * slot), 2.5] : 5,
        itemStyle: { color: look.ink },
        lineStyle: { color: look.ink, width: 1.5 },
        data: through.map((point) => [stopOf(lane, point.x), point.mean]),
      });
    });
    return {
      ...base(look),
      grid: grid,
      xAxis: xAxis,
      yAxis: yAxis,
      series: series,
      tooltip: {
        ...base(look).tooltip,
        trigger: "item",
        formatter: (hovered: { seriesIndex: number; dataIndex: number }) => {
          const each = data.parameters[Math.floor(hovered.seriesIndex / 2)];
          const point = each ? each.points[hovered.dataIndex] : undefined;
          if (!each || !point) return "";
          return trialTip(point.trial, [
            [each.axis.label, cell(point.x)],
            [data.metric.label, metricText(data.metric, point.y)],
          ]);
        },
      },
    };
  },

  table: (figure): Table => ({
    columns: ["parameter", "trial", "value", figure.data.metric.label],
    rows: ([] as Table["rows"]).concat.apply(
      [],
      figure.data.parameters.map((each) =>
        each.points.map((point) => [each.axis.label, point.trial.number, point.x, point.y] as (string | number)[]),
      ),
    ),
  }),
};
