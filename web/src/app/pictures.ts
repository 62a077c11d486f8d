// pictures.ts: figures as files: SVG as the command line writes it, and PNG of it. A chunk of its own.
import type { Figure } from "../figures/figure";
import type { Theme } from "../figures/look";
import { lookOf } from "../figures/look";
import { draw } from "../sheet";

export function svgOf(figure: Figure, theme: Theme): string {
  const pen = document.createElement("canvas").getContext("2d")!;
  const font = lookOf(theme).font;
  return draw(figure, { theme }, (text, size, bold) => {
    pen.font = `${bold ? "bold " : ""}${size}px ${font}`;
    return pen.measureText(text).width;
  });
}

/** The picture of an SVG text, with `scale` pixels for one. */
export async function pngOf(svg: string, scale = 2): Promise<Blob> {
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await picture.decode();
  const canvas = document.createElement("canvas");
  canvas.width = picture.naturalWidth * scale;
  canvas.height = picture.naturalHeight * scale;
  canvas.getContext("2d")!.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error("the browser cannot write a picture"))),
      "image/png",
    );
  });
}
