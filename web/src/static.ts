// static.ts: a figure as an SVG picture, for the interpreter inside the program (docs/decisions/0012).
import { setPlatformAPI } from "echarts/core";
import { draw } from "./sheet";

/** What the interpreter offers: the width of a text in pixels, as the pictures' own font sets it. */
declare const measure: ((text: string, size: number, bold: boolean) => number) | undefined;

function widthOf(text: string, size: number, bold: boolean): number {
  return typeof measure === "function" ? measure(text, size, bold) : text.length * size * 0.6;
}

// A picture is drawn at once: what ECharts would do later never comes.
const interpreter = Function("return this")() as {
  setTimeout?: () => number;
  draw: (figure: string, options: string) => string;
};
interpreter.setTimeout = interpreter.setTimeout || (() => 0);

setPlatformAPI({
  measureText: (text: string, font?: string) => {
    const size = /([\d.]+)px/.exec(font || "");
    return { width: widthOf(text, size ? Number(size[1]) : 12, /bold|[6-9]00/.test(font || "")) };
  },
});

interpreter.draw = (figure, options) => draw(JSON.parse(figure), JSON.parse(options), widthOf);
