// curves.ts: lines over steps, epochs or time; panels side by side.
import {
  axisOf,
  base,
  panelColumns,
  panelSize,
  roundEnds,
  tip,
  type Drawing,
  type Option,
  type Panels,
} from "./drawing";
import type { CurvesData, Figure, Table } from "./figure";
import { isShare, percent, short } from "./numbers";

const side: Panels = { least: 280, wide: 440, high: 280, most: 2, narrowest: 560 };

type Panel = CurvesData["panels"][number];
type Line = Panel["lines"][number];

/** The number of the colour of each line: one a run, or one a name where no run is told. */
function colours(data: CurvesData): (line: Line) => number {
  const known: string[] = [];
  const keyOf = (line: Line): string => (line.run !== undefined ? line.run : line.role === "other" ? line.name : "");
  data.panels.forEach((panel) => {
    panel.lines.forEach((line) => {
      if (known.indexOf(keyOf(line)) < 0) known.push(keyOf(line));
    });
  });
  return (line) => known.indexOf(keyOf(line));
}

function extent(panel: Panel): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  panel.lines.forEach((line) => {
    line.points.forEach((point) => {
      if (point[1] === null) return;
      low = Math.min(low, point[1]);
      high = Math.max(high, point[1]);
    });
    (line.band || []).forEach((edge) => {
      low = Math.min(low, edge[1]);
      high = Math.max(high, edge[2]);
    });
  });
  return low <= high ? [low, high] : [0, 1];
}

function valueText(panel: Panel, value: number | null): string {
  return isShare(panel.y.name) ? percent(value, 2) : short(value, 4);
}

/** Whether there are few enough lines to have their names beside them, and more than one to tell apart. */
function named(panel: Panel): boolean {
  const count = panel.lines.filter((line) => !line.faint).length;
  return panel.lines.length > 1 && count <= 8;
}

/** Names of lines stand at their ends, moved apart; this many pixels are kept for them. */
function labelRoom(panel: Panel): number {
  if (!named(panel)) return 16;
  let letters = 0;
  panel.lines.forEach((line) => {
    if (!line.faint) letters = Math.max(letters, line.name.length);
  });
  return Math.min(18 + 7.4 * letters, 160);
}

export const curves: Drawing<"curves"> = {
  size: (figure, width) => panelSize(side, figure.data.panels.length, width),

  option: (figure: Figure<"curves">, look, frame): Option => {
    const data = figure.data;
    const colourOf = colours(data);
    const columns = panelColumns(side, data.panels.length, frame.width);
    const rows = Math.max(1, Math.ceil(data.panels.length / columns));
    const cellWidth = frame.width / columns;
    const cellHeight = frame.height / rows;
    const grid: object[] = [];
    const xAxis: object[] = [];
    const yAxis: object[] = [];
    const title: object[] = [];
    const series: object[] = [];

    data.panels.forEach((panel, i) => {
      const left = frame.left + (i % columns) * cellWidth;
      const top = frame.top + Math.floor(i / columns) * cellHeight;
      grid.push({ left: left + 52, top: top + 30, width: cellWidth - 60 - labelRoom(panel), height: cellHeight - 76 });
      title.push({
        left: left + 4, top: top + 2, padding: 0, text: panel.y.label,
        textStyle: { fontSize: 12, fontWeight: "bold", color: look.ink, fontFamily: look.font },
      }); // prettier-ignore
      xAxis.push(
        { ...axisOf(data.x, look), gridIndex: i, nameGap: 26, splitLine: { show: false }, min: "dataMin", max: "dataMax",
          axisLine: { show: true, onZero: false, lineStyle: { color: look.rule } },
          minInterval: data.x.name === "epoch" || data.x.name === "step" ? 1 : 0 },
      ); // prettier-ignore
      const ends = extent(panel);
      const range = roundEnds(ends[0], ends[1], 4);
      if (isShare(panel.y.name)) {
        range.max = Math.min(range.max, 1);
        range.min = Math.max(range.min, 0);
      }
      yAxis.push({ ...axisOf(panel.y, look), gridIndex: i, name: "", ...(panel.y.scale === "linear" ? range : {}) });
      panel.lines.forEach((line, l) => {
        const colour = look.categories[colourOf(line) % look.categories.length];
        if (line.band && line.band.length) {
          const edges = line.band;
          series.push({
            type: "custom", xAxisIndex: i, yAxisIndex: i, silent: true, z: 1, clip: true, data: [[edges[0]![0], edges[0]![1]]], tooltip: { show: false },
            renderItem: (_: unknown, api: { coord(point: number[]): number[] }) => {
              const points: number[][] = [];
              for (let e = 0; e < edges.length; ++e) points.push(api.coord([edges[e]![0], edges[e]![2]]));
              for (let e = edges.length - 1; e >= 0; --e) points.push(api.coord([edges[e]![0], edges[e]![1]]));
              return { type: "polygon", shape: { points: points }, style: { fill: colour, opacity: 0.18 } };
            },
          }); // prettier-ignore
        }
        series.push({
          type: "line", name: line.name, xAxisIndex: i, yAxisIndex: i, data: line.points, z: line.faint ? 2 : 3 + l,
          step: line.steps ? "end" : false, symbol: "circle", symbolSize: line.points.length > 1 ? 5 : 8,
          showSymbol: line.points.length <= 30 && !line.faint,
          connectNulls: false, sampling: "minmax",
          itemStyle: { color: colour },
          lineStyle: line.faint
            ? { color: colour, width: 1, opacity: 0.4 }
            : { color: colour, width: 1.8, type: line.role === "train" ? [5, 4] : "solid" },
          endLabel: {
            show: named(panel) && !line.faint, formatter: line.name, color: look.ink, fontSize: 11, distance: 6,
            width: labelRoom(panel) - 8, overflow: "truncate",
          },
          labelLayout: { moveOverlap: "shiftY" },
          markLine: l === 0 && data.marks && data.marks.length ? {
            silent: true, symbol: "none", lineStyle: { color: look.muted, type: [2, 3], width: 1 },
            label: { color: look.muted, fontSize: 11, position: "insideEndTop", rotate: 0, distance: [4, 2] },
            data: data.marks.map((mark) => {
              return { xAxis: mark.x, name: mark.name, label: { formatter: mark.name } };
            }),
          } : undefined,
        }); // prettier-ignore
      });
    });

    return { ...base(look), title: title, grid: grid, xAxis: xAxis, yAxis: yAxis, series: series,
      tooltip: { ...(base(look).tooltip), trigger: "axis",
        axisPointer: { type: "line", lineStyle: { color: look.muted, width: 1 } },
        formatter: (hovered: { seriesName: string; axisIndex: number; value: [number, number | null] }[]) => {
          if (!hovered.length) return "";
          const panel = data.panels[hovered[0]!.axisIndex];
          return tip(
            data.x.label + " " + short(hovered[0]!.value[0], 6),
            hovered.map((point): [string, string] => [point.seriesName, panel ? valueText(panel, point.value[1]) : short(point.value[1])]),
          );
        } } }; // prettier-ignore
  },

  table: (figure): Table => {
    const columns = [figure.data.x.label];
    const rows: { [x: string]: (string | number | null)[] } = {};
    const order: number[] = [];
    let column = 0;
    figure.data.panels.forEach((panel) => {
      panel.lines.forEach((line) => {
        columns.push(figure.data.panels.length > 1 ? panel.y.label + ", " + line.name : line.name);
        ++column;
        line.points.forEach((point) => {
          let row = rows[point[0]];
          if (!row) {
            row = [point[0]];
            rows[point[0]] = row;
            order.push(point[0]);
          }
          while (row.length < column) row.push(null);
          row[column] = point[1];
        });
      });
    });
    order.sort((a, b) => a - b);
    return {
      columns: columns,
      rows: order.map((x) => {
        const row = rows[x]!;
        while (row.length < columns.length) row.push(null);
        return row;
      }),
    };
  },
};
