// look.ts: the colours and type of all figures, light and dark.

export type Theme = "light" | "dark";

export interface Look {
  theme: Theme;
  font: string;
  paper: string;
  ink: string;
  /** Text of the second rank; 4.5 : 1 on paper. */
  muted: string;
  rule: string;
  /** A ground barely apart from the paper. */
  faint: string;
  /** What can be clicked, and the one line that matters. */
  accent: string;
  /** Diverged, failed, wrong. */
  bad: string;
  /** Okabe and Ito 2008, in an order that keeps neighbours apart; the last stands for all others. */
  categories: string[];
}

const light: Look = {
  theme: "light",
  font: "DejaVu Sans, sans-serif",
  paper: "#ffffff",
  ink: "#1f2328",
  muted: "#59636e",
  rule: "#d1d9e0",
  faint: "#f3f5f7",
  accent: "#0b62c4",
  bad: "#c4262e",
  categories: ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8f8300", "#59636e"],
};

const dark: Look = {
  theme: "dark",
  font: light.font,
  paper: "#0e1217",
  ink: "#e6edf3",
  muted: "#9aa4af",
  rule: "#313943",
  faint: "#171c23",
  accent: "#5aa9ff",
  bad: "#ff7b72",
  categories: ["#4aa3df", "#ee8a45", "#2dbd93", "#e19bc4", "#f0b429", "#8ccdf2", "#d6c94a", "#9aa4af"],
};

export function lookOf(theme: Theme): Look {
  return theme === "dark" ? dark : light;
}

// Every 1/16 of viridis (van der Walt and Smith 2015, CC0).
const viridis = [
  "#440154", "#481a6c", "#472f7d", "#414487", "#39568c", "#31688e", "#2a788e", "#23888e", "#1f988b",
  "#22a884", "#35b779", "#54c568", "#7ad151", "#a5db36", "#d2e21b", "#e8e419", "#fde725",
]; // prettier-ignore

/** Colours of a metric from its worst value to its best. The last tint is left out on white, where it cannot be seen. */
export function metricRamp(look: Look): string[] {
  return look.theme === "dark" ? viridis.slice(2) : viridis.slice(0, 14);
}

/** A share in [0, 1] on paper: from none to all. */
export function shareRamp(look: Look): string[] {
  return look.theme === "dark"
    ? ["#0e1217", "#12304d", "#15538a", "#2c7fc4", "#79b8f2", "#d7ecff"]
    : ["#ffffff", "#deebf7", "#9ecae1", "#5b9fd0", "#2370b4", "#08306b"];
}

/** From -1 over 0 to 1: blue and orange, told apart by every eye. */
export function signedRamp(look: Look): string[] {
  return look.theme === "dark"
    ? ["#4aa3df", "#23577c", "#12202c", "#0e1217", "#2c1d10", "#86511f", "#ee8a45"]
    : ["#2166ac", "#67a9cf", "#d1e5f0", "#f7f7f7", "#fddbc7", "#ef8a62", "#b2182b"];
}

function channel(colour: string, at: number): number {
  return parseInt(colour.slice(1 + 2 * at, 3 + 2 * at), 16);
}

/** The colour at a share of the way along a ramp, straight between its stops. */
export function along(ramp: string[], share: number): string {
  const place = Math.min(Math.max(share, 0), 1) * (ramp.length - 1);
  const before = Math.min(Math.floor(place), ramp.length - 2);
  const rest = place - before;
  let mixed = "#";
  for (let i = 0; i < 3; ++i) {
    const value = Math.round((1 - rest) * channel(ramp[before]!, i) + rest * channel(ramp[before + 1]!, i));
    mixed += (value < 16 ? "0" : "") + value.toString(16);
  }
  return mixed;
}

/** Black or white, whichever is easier to read on this ground (relative luminance of WCAG 2). */
export function inkOn(ground: string): string {
  let luminance = 0;
  const weights = [0.2126, 0.7152, 0.0722];
  for (let i = 0; i < 3; ++i) {
    const value = channel(ground, i) / 255;
    luminance += weights[i]! * (value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4));
  }
  return luminance > 0.179 ? "#111418" : "#ffffff";
}
