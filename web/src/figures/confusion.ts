// confusion.ts: which classes are taken for which: counts and rates, precision and recall at the edges.
import { base, keepingShape, tip, type Drawing, type Option } from "./drawing";
import type { ConfusionData, Table } from "./figure";
import { along, inkOn, shareRamp } from "./look";
import { grouped, percent } from "./numbers";

const cellSize = 58;

function rowSum(data: ConfusionData, row: number): number {
  return data.counts[row]!.reduce((sum, count) => sum + count, 0);
}

function columnSum(data: ConfusionData, column: number): number {
  return data.counts.reduce((sum, row) => sum + row[column]!, 0);
}

/** What the colour and the rate of a cell are a share of. */
function wholeOf(data: ConfusionData, truth: number, answer: number): number {
  if (data.by === "answer") return columnSum(data, answer);
  if (data.by === "counts") return Math.max.apply(null, data.counts.map((row) => Math.max.apply(null, row))); // prettier-ignore
  return rowSum(data, truth);
}

/** Rare mistakes can be seen: the root of the share is the measure of the colour. */
function depth(share: number): number {
  return Math.sqrt(share);
}

function rate(part: number, whole: number): string {
  return whole === 0 ? "–" : percent(part / whole, 1);
}

function longest(names: string[]): number {
  return names.reduce((most, name) => Math.max(most, name.length), 0);
}

export const confusion: Drawing<"confusion"> = {
  size: (figure, width) => {
    const classes = figure.data.names.length;
    const label = Math.min(14 + 7 * longest(figure.data.names), 130) + (figure.data.pictures ? 44 : 0);
    const side = Math.max(classes * (classes > 16 ? 26 : cellSize), 120);
    const natural = { width: label + side + 76, height: side + 110 + (figure.data.pictures ? 44 : 0) };
    return keepingShape(natural, width);
  },

  option: (figure, look, frame): Option => {
    const data = figure.data;
    const classes = data.names.length;
    const pictures = data.pictures;
    const label = Math.min(14 + 7 * longest(data.names), 130);
    const left = frame.left + label + (pictures ? 44 : 0);
    const top = frame.top + 54 + (pictures ? 44 : 0);
    const width = Math.max(frame.left + frame.width - left - 66, 60);
    const height = Math.max(frame.top + frame.height - top - 46, 60);
    const across = width / classes;
    const down = height / classes;
    const font = Math.max(8, Math.min(12, across / 4));
    const ramp = shareRamp(look);
    const worst: { [cell: string]: number } = {};
    data.pairs.forEach((pair, i) => {
      worst[pair.truth + "," + pair.answer] = i + 1;
    });

    const children: object[] = [];
    const write = (text: string, x: number, y: number, style: object): void => {
      children.push({
        type: "text", silent: true, x: x, y: y,
        style: { text: text, fill: look.ink, font: "12px " + look.font, align: "center", verticalAlign: "middle", ...style },
      }); // prettier-ignore
    };
    const strong = { fill: look.ink, font: "bold 12px " + look.font };
    const quiet = { fill: look.muted, font: "11px " + look.font };
    write("true class", left - 8, frame.top + 10, { ...quiet, align: "right" });
    write("answered", left + width / 2, frame.top + 10, quiet);
    write("recall", left + width + 34, top - 12, quiet);
    write("precision", left - 8, top + height + 16, { ...quiet, align: "right" });

    for (let i = 0; i < classes; ++i) {
      const x = left + (i + 0.5) * across;
      const y = top + (i + 0.5) * down;
      const clip = { width: label - 10, overflow: "truncate", ellipsis: "…" };
      write(data.names[i]!, left - 8 - (pictures ? 44 : 0), y, { align: "right", ...clip });
      const lean = longest(data.names) * 6.5 > across;
      children.push({
        type: "text", silent: true, x: x, y: top - (pictures ? 48 : 8), rotation: lean ? 0.6 : 0,
        style: {
          text: data.names[i]!, fill: look.ink, font: "12px " + look.font, align: lean ? "left" : "center",
          verticalAlign: "bottom", width: lean ? 92 : across, overflow: "truncate", ellipsis: "…",
        },
      }); // prettier-ignore
      if (pictures && pictures[i]) {
        const side = Math.min(36, down - 4);
        children.push({ type: "image", silent: true, style: { image: pictures[i], x: left - 8 - side, y: y - side / 2, width: side, height: side } });
        children.push({ type: "image", silent: true, style: { image: pictures[i], x: x - side / 2, y: top - 8 - side, width: side, height: side } });
      } // prettier-ignore
      write(rate(data.counts[i]![i]!, rowSum(data, i)), left + width + 34, y, strong);
      write(rate(data.counts[i]![i]!, columnSum(data, i)), x, top + height + 16, strong);
    }

    const cells: number[][] = [];
    data.counts.forEach((row, truth) => {
      row.forEach((count, answer) => {
        cells.push([answer, truth, count]);
      });
    });
    return { ...base(look), grid: { left: left, top: top, width: width, height: height, show: true, borderColor: look.rule },
      xAxis: { type: "category", show: false, data: data.names },
      yAxis: { type: "category", show: false, inverse: true, data: data.names },
      graphic: { elements: children },
      tooltip: { ...(base(look).tooltip), formatter: (hovered: { value: number[] }) => {
          const truth = hovered.value[1]!;
          const answer = hovered.value[0]!;
          const head = truth === answer ? data.names[truth]! + ", found" : data.names[truth]! + ", called " + data.names[answer]!;
          return tip(head, [
            [grouped(hovered.value[2]!) + " of " + grouped(rowSum(data, truth)), rate(hovered.value[2]!, rowSum(data, truth))],
            ["of those called " + data.names[answer]!, rate(hovered.value[2]!, columnSum(data, answer))],
          ]);
        } },
      series: [{
        type: "custom", name: "confusion", data: cells, clip: false,
        renderItem: (
          params: { dataIndex: number }, api: { coord(p: number[]): number[]; value(d: number): number },
        ) => {
          const answer = api.value(0);
          const truth = api.value(1);
          const count = api.value(2);
          const middle = api.coord([answer, truth]);
          const whole = wholeOf(data, truth, answer);
          const share = whole === 0 ? 0 : count / whole;
          const ground = along(ramp, depth(share));
          const ink = inkOn(ground);
          const x = middle[0]! - across / 2;
          const y = middle[1]! - down / 2;
          const inner: object[] = [
            { type: "rect", shape: { x: x, y: y, width: across, height: down }, style: { fill: ground, stroke: look.paper, lineWidth: 1 } },
          ];
          const two = data.by !== "counts" && down >= 40 && across >= 40 && count > 0;
          if (across >= 24 && (count > 0 || truth === answer)) {
            inner.push({
              type: "text", x: middle[0], y: middle[1]! - (two ? 7 : 0),
              style: {
                text: grouped(count), fill: ink, align: "center", verticalAlign: "middle",
                font: (truth === answer ? "bold " : "") + font + "px " + look.font,
              },
            });
          }
          if (two) {
            inner.push({
              type: "text", x: middle[0], y: middle[1]! + 9,
              style: {
                text: percent(share, share < 0.1 ? 1 : 0), fill: ink, opacity: 0.85, align: "center", verticalAlign: "middle",
                font: font - 2 + "px " + look.font,
              },
            });
          }
          const place = worst[truth + "," + answer];
          if (place) {
            inner.push({
              type: "rect", shape: { x: x + 1.5, y: y + 1.5, width: across - 3, height: down - 3 },
              style: { fill: "none", stroke: look.bad, lineWidth: place <= 2 ? 2.5 : 1.5 },
            });
          }
          return { type: "group", children: inner, info: params.dataIndex };
        },
      }] }; // prettier-ignore
  },

  table: (figure): Table => {
    return {
      columns: ["true class"].concat(figure.data.names).concat(["recall"]),
      rows: figure.data.counts.map((row, truth) => {
        const cells: (string | number | null)[] = [figure.data.names[truth]!];
        return cells.concat(row).concat([rate(row[truth]!, rowSum(figure.data, truth))]);
      }),
    };
  },
};
