// sheet.ts: a figure as an SVG picture of its own, with title, caption and words.
import { BarChart, CustomChart, HeatmapChart, LineChart, ParallelChart, ScatterChart } from "echarts/charts";
import {
  GraphicComponent, GridComponent, MarkAreaComponent, MarkLineComponent, ParallelComponent, TitleComponent,
  VisualMapComponent,
} from "echarts/components"; // prettier-ignore
import { init, use } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { SVGRenderer } from "echarts/renderers";
import { drawingOf } from "./figures";
import type { Figure } from "./figures/figure";
import { lookOf, type Theme } from "./figures/look";

use([
  BarChart, CustomChart, HeatmapChart, LineChart, ParallelChart, ScatterChart, GraphicComponent, GridComponent,
  MarkAreaComponent, MarkLineComponent, ParallelComponent, TitleComponent, VisualMapComponent, LabelLayout, SVGRenderer,
]); // prettier-ignore

/** The width of a text in pixels, as the picture's font sets it. */
export type WidthOf = (text: string, size: number, bold: boolean) => number;

/** The text broken into lines of this width. */
function wrapped(text: string, width: number, size: number, bold: boolean, widthOf: WidthOf): string[] {
  const lines: string[] = [];
  let line = "";
  text.split(" ").forEach((word) => {
    const longer = line ? line + " " + word : word;
    if (line && widthOf(longer, size, bold) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  });
  return line ? lines.concat([line]) : lines;
}

export interface DrawOptions {
  theme?: Theme;
  /** Of the whole picture, in CSS pixels; the figure's natural size where absent. */
  width?: number | null;
  height?: number | null;
}

/** ECharts' painter of SVG, as far as it is used here; `_id` starts the names within a picture. */
interface SvgPainter {
  _id: string;
  renderToString(options: { cssAnimation: boolean; cssEmphasis: boolean; useViewBox: boolean }): string;
}

const margin = 20;

/** The figure with its title, caption and words, as SVG. */
export function draw(figure: Figure, options: DrawOptions, widthOf: WidthOf): string {
  const drawing = drawingOf(figure.kind);
  if (!drawing) throw new Error("no drawing of the kind '" + figure.kind + "'");
  const look = lookOf(options.theme || "light");
  const natural = drawing.size(figure);
  const width = options.width || Math.max(natural.width, 420) + 2 * margin;
  const inner = width - 2 * margin;

  const texts: object[] = [];
  let top = margin;
  const write = (lines: string[], size: number, colour: string, weight: string, y: number): number => {
    lines.forEach((line, i) => {
      texts.push({
        left: margin, top: y + i * size * 1.4, padding: 0, text: line,
        textStyle: { fontSize: size, fontWeight: weight, color: colour, fontFamily: look.font },
      }); // prettier-ignore
    });
    return lines.length * size * 1.4;
  };
  top += write(wrapped(figure.title, inner, 16, true, widthOf), 16, look.ink, "bold", top);
  if (figure.caption)
    top += 2 + write(wrapped(figure.caption, inner, 12, false, widthOf), 12, look.muted, "normal", top + 2);
  top += 16;

  const remarks: string[][] = figure.words.map((sentence) => wrapped(sentence, inner, 12, false, widthOf));
  const below = remarks.reduce((sum, lines) => sum + lines.length * 12 * 1.4 + 4, remarks.length ? 12 : 0); // prettier-ignore
  const height = options.height || Math.ceil(top + natural.height + below + margin);
  const chart = height - top - below - margin;

  let y = top + chart + 12;
  remarks.forEach((lines) => {
    y += write(lines, 12, look.ink, "normal", y) + 4;
  });

  const option = drawing.option(figure, look, { left: margin, top: top, width: inner, height: chart });
  const titles = option.title || [];
  const page = init(null, null, { renderer: "svg", ssr: true, width: width, height: height });
  try {
    page.setOption({
      ...option,
      title: texts.concat(titles),
      backgroundColor: look.paper,
      tooltip: undefined,
      animation: false,
    });
    // The same figure is the same text, whatever was drawn before: no counted names, no styles for a pointer.
    const painter = page.getZr().painter as unknown as SvgPainter;
    painter._id = "a";
    const svg = painter.renderToString({ cssAnimation: false, cssEmphasis: false, useViewBox: true });
    // librsvg and others know the usual baseline alone; half of (ascent - descent) of DejaVu Sans is the same.
    return svg.replace(/ dominant-baseline="central"/g, ' dy="0.346em"');
  } finally {
    page.dispose();
  }
}
