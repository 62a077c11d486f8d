// figure.ts: figures as plain data, before they are drawn.
//
// The C++ side (src/analysis) makes them, docs/formats/figures.md tells of them in words, and a Drawing of this folder
// turns each into an ECharts option. This folder is compiled to ES5 for the static renderer: ES5's library alone.

/** Any finite number; a value that is missing, infinite or no number is null. */
export type Value = number | null;

/** A picture as a data URI, already enlarged: pixels are never smoothed. */
export type Picture = string;

export type Scale = "linear" | "log" | "category";
export type Goal = "minimize" | "maximize";

/** How a run ended, or where it stands. */
export type State = "queued" | "running" | "paused" | "stopped_early" | "finished" | "diverged" | "failed" | "killed";

/** Names of axes, with what is needed to read them: "learning rate", "loss [nats]". */
export interface Axis {
  name: string;
  label: string;
  scale: Scale;
  /** The values of a category, in order. */
  values?: string[];
  /** From high to low. */
  flipped?: boolean;
}

/** One trial of a sweep, as every figure of a sweep names it. */
export interface Trial {
  number: number;
  run: string;
  name: string;
  state: State;
  /** Why it stopped early, failed or diverged, in words. */
  reason?: string;
  /** Drawn at random whatever the history was (an audit trial, or a trial of a random sweep or grid). */
  random?: boolean;
}

export interface CurvesData {
  x: Axis;
  /** Panels side by side that share x. */
  panels: {
    y: Axis;
    lines: {
      name: string;
      /** The run it belongs to: the same colour in every panel. */
      run?: string;
      /** Lines of one colour differ by dash: training is dashed, validation whole. */
      role: "train" | "validation" | "other";
      /** Steps rather than slopes between points: a running best. */
      steps?: boolean;
      /** In the background: raw values behind a smoothed line. */
      faint?: boolean;
      points: [number, Value][];
      /** [x, low, high]: least and greatest of what a point stands for, or an interval. */
      band?: [number, number, number][];
    }[];
  }[];
  /** Upright lines with a word: "best". */
  marks?: { x: number; name: string }[];
}

export interface GalleryData {
  /** Tiles side by side at the natural width. */
  columns: number;
  tiles: { picture: Picture | null; title: string; detail?: string; wrong?: boolean }[];
}

export interface ConfusionData {
  /** What a cell's rate is a share of: its true class (the usual), its answer; "counts" is without rates. */
  by?: "truth" | "answer" | "counts";
  /** In the order they are drawn: those taken for each other side by side. */
  names: string[];
  /** [true class][answer]. */
  counts: number[][];
  /** The worst pairs, worst first. */
  pairs: { truth: number; answer: number; count: number }[];
  /** One picture a class, for the edge. */
  pictures?: (Picture | null)[];
}

export interface ParallelData {
  axes: Axis[];
  /** Which axis is the metric; the last where absent. */
  metric?: number;
  /** Which axis colours the lines; the metric where absent. */
  colour?: number;
  goal: Goal;
  lines: { trial: Trial; values: (number | string | null)[] }[];
}

export interface ImportanceData {
  metric: string;
  /** Most important first. Importances are shares of the explained variance; correlation is that with the metric. */
  parameters: { name: string; label: string; importance: Value; low?: Value; high?: Value; correlation: Value }[];
}

export interface CorrelationData {
  /** Parameters (a category has one row a value: "optimizer = adam"), then metrics. */
  names: string[];
  /** In [-1, 1]; null where it is not defined. */
  values: Value[][];
  /** How many of the names are parameters. */
  parameters: number;
}

/** Trials in order of creation, and the best so far. */
export interface CreatedData {
  metric: Axis;
  goal: Goal;
  trials: { trial: Trial; value: Value; seconds: Value }[];
}

export interface SlicesData {
  metric: Axis;
  goal: Goal;
  parameters: { axis: Axis; points: { trial: Trial; x: number | string; y: number }[] }[];
}

export interface ContourData {
  metric: Axis;
  goal: Goal;
  x: Axis;
  y: Axis;
  points: { trial: Trial; x: number | string; y: number | string; value: number }[];
  /** Means over the cells of a grid that hold trials: [column, row, mean], with the middle of each column and row. */
  cells: { x: (number | string)[]; y: (number | string)[]; means: [number, number, number][] };
}

export interface DistributionData {
  metric: Axis;
  goal: Goal;
  /** One line a group: the share of runs that reach a value. */
  groups: { name: string; values: number[] }[];
}

/** Histograms over time, a panel a layer. */
export interface WeightsData {
  panels: {
    name: string;
    /** Equal bins of [low, high]. */
    histograms: { epoch: number; low: number; high: number; counts: number[] }[];
  }[];
}

export interface ReliabilityData {
  /** Expected calibration error, in [0, 1]. */
  error: number;
  bins: { low: number; high: number; confidence: Value; accuracy: Value; count: number }[];
}

export interface ScoresData {
  classes: { name: string; precision: Value; recall: Value; f1: Value; samples: number }[];
}

/** What each kind of drawing takes. */
export interface DataOf {
  curves: CurvesData;
  gallery: GalleryData;
  confusion: ConfusionData;
  parallel: ParallelData;
  importance: ImportanceData;
  correlation: CorrelationData;
  created: CreatedData;
  slices: SlicesData;
  contour: ContourData;
  distribution: DistributionData;
  weights: WeightsData;
  reliability: ReliabilityData;
  scores: ScoresData;
}
export type Kind = keyof DataOf;

export interface Figure<K extends Kind = Kind> {
  /** What it shows, as `atelier plot` names it: "gradients". */
  figure: string;
  /** How it is drawn: "curves". */
  kind: K;
  /** The answer in a few words and a number. */
  title: string;
  /** What was measured, and on what. */
  caption: string;
  /** Sentences beside the drawing. */
  words: string[];
  data: DataOf[K];
}

/** A figure as a table: for the eyes, for readers of screens, and to copy. */
export interface Table {
  columns: string[];
  rows: (string | number | null)[][];
}
