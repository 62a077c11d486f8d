// weights.ts: how the weights of each layer spread, epoch by epoch: ridges from the first at the back to the last in front.
import { base, panelColumns, panelSize, type Drawing, type Panels } from "./drawing";
import type { Table, WeightsData } from "./figure";
import { along, metricRamp } from "./look";
import { short } from "./numbers";

const side: Panels = { least: 220, wide: 300, high: 240, most: 3, narrowest: 480 };

type Histogram = WeightsData["panels"][number]["histograms"][number];

function density(histogram: Histogram): number[] {
  const all = histogram.counts.reduce((sum, count) => sum + count, 0);
  const bin = (histogram.high - histogram.low) / Math.max(1, histogram.counts.length);
  return histogram.counts.map((count) => (all > 0 && bin > 0 ? count / all / bin : 0));
}

export const weights: Drawing<"weights"> = {
  size: (figure, width) => panelSize(side, figure.data.panels.length, width),

  option: (figure, look, frame) => {
    const panels = figure.data.panels;
    const columns = panelColumns(side, panels.length, frame.width);
    const rows = Math.max(1, Math.ceil(panels.length / columns));
    const cellWidth = frame.width / columns;
    const cellHeight = frame.height / rows;
    const ramp = metricRamp(look);
    const children: object[] = [];
    const write = (text: string, x: number, y: number, style: object): void => {
      children.push({ type: "text", silent: true, x: x, y: y, style: { text: text, fill: look.muted, font: "11px " + look.font, ...style } });
    }; // prettier-ignore
    panels.forEach((panel, p) => {
      const left = frame.left + (p % columns) * cellWidth + 8;
      const top = frame.top + Math.floor(p / columns) * cellHeight;
      const width = cellWidth - 56;
      const height = cellHeight - 56;
      let low = Infinity;
      let high = -Infinity;
      let peak = 0;
      panel.histograms.forEach((histogram) => {
        low = Math.min(low, histogram.low);
        high = Math.max(high, histogram.high);
        density(histogram).forEach((value) => (peak = Math.max(peak, value)));
      });
      write(panel.name, left, top, { fill: look.ink, font: "bold 12px " + look.font });
      if (!(high > low) || peak === 0) return;
      const floor = (i: number): number => top + 58 + ((height - 44) * (i + 1)) / Math.max(1, panel.histograms.length);
      const tall = Math.max(26, Math.min(60, (height - 44) * 0.5));
      const xAt = (value: number): number => left + (width * (value - low)) / (high - low);
      panel.histograms.forEach((histogram, i) => {
        const heights = density(histogram);
        const bin = (histogram.high - histogram.low) / heights.length;
        const ground = floor(i);
        const points: number[][] = [[xAt(histogram.low), ground]];
        heights.forEach((value, b) =>
          points.push([xAt(histogram.low + (b + 0.5) * bin), ground - (tall * value) / peak]),
        );
        points.push([xAt(histogram.high), ground]);
        const colour = along(ramp, panel.histograms.length > 1 ? i / (panel.histograms.length - 1) : 1);
        children.push({
          type: "polygon", silent: true, z: i, shape: { points: points },
          style: { fill: colour, opacity: 0.85, stroke: look.paper, lineWidth: 1 },
        }); // prettier-ignore
        const last = i === panel.histograms.length - 1;
        const every = Math.ceil(panel.histograms.length / 6);
        if (last || (i % every === 0 && panel.histograms.length - 1 - i >= every / 2)) {
          write("epoch " + histogram.epoch, left + width + 4, ground, { verticalAlign: "bottom" });
        }
      });
      const bottom = floor(panel.histograms.length - 1) + 4;
      write(short(low, 2), left, bottom, {});
      write(short(high, 2), left + width, bottom, { align: "right" });
      if (low < 0 && high > 0) write("0", xAt(0), bottom, { align: "center" });
    });
    return { ...base(look), graphic: { elements: children } };
  },

  table: (figure): Table => ({
    columns: ["layer", "epoch", "from", "to", "counts"],
    rows: ([] as Table["rows"]).concat.apply(
      [],
      figure.data.panels.map((panel) =>
        panel.histograms.map((each): (string | number)[] => [
          panel.name,
          each.epoch,
          each.low,
          each.high,
          each.counts.join(" "),
        ]),
      ),
    ),
  }),
};
