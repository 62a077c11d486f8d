// facts.ts: what a run has come to, in a few numbers.
import { isShare } from "../../figures/numbers";
import type { History, Run } from "../api";
import { duration, percent, short } from "../numbers";
import { plusMinus } from "../runs/interval";

export interface Fact {
  name: string;
  value: string;
  beside?: string;
}

/** A share of samples with one standard error; another number with four digits. */
function valueText(metric: string, value: number, samples: number | null): string {
  if (!isShare(metric) || value < 0 || value > 1) return short(value, 4);
  if (!samples) return percent(value, 2);
  return plusMinus({ mean: value, half: Math.sqrt((value * (1 - value)) / samples), n: samples }, true);
}

interface Score {
  metric: string;
  words: string;
  up: boolean;
}
const scores: Score[] = [
  { metric: "val_accuracy", words: "validation accuracy", up: true },
  { metric: "val_loss", words: "validation loss", up: false },
  { metric: "train_loss", words: "training loss", up: false },
];

/** The metric that a run is judged by here. */
function scoreOf(run: Run, history: History): Score | undefined {
  return scores.find(({ metric }) => history.names.includes(metric) || typeof run.summary[metric] === "number");
}

function valuesOf(history: History, name: string): [epoch: number, value: number][] {
  const at = history.names.indexOf(name);
  return history.epochs.flatMap((epoch, e): [number, number][] => {
    const value = at < 0 ? null : (history.values[e]?.[at] ?? null);
    return value === null ? [] : [[epoch, value]];
  });
}

/** Best and last score, the training's side of the last one, and the time; `now` in milliseconds since 1970. */
export function factsOf(run: Run, history: History, now: number): Fact[] {
  const facts: Fact[] = [];
  const said = run.environment["validation_samples"];
  const samples = typeof said === "number" ? said : null;
  const score = scoreOf(run, history);
  if (score) {
    const values = valuesOf(history, score.metric);
    const doubt = score.metric.startsWith("val_") ? samples : null;
    const better = (a: number, b: number): boolean => (score.up ? a > b : a < b);
    const last = values[values.length - 1];
    const best = values.reduce<[number, number] | undefined>((top, one) => (top && !better(one[1], top[1]) ? top : one), undefined); // prettier-ignore
    const alone = run.summary[score.metric];
    if (best && last) {
      facts.push({ name: `best ${score.words}`, value: valueText(score.metric, best[1], doubt), beside: `epoch ${best[0]}` }); // prettier-ignore
      if (last[0] !== best[0]) {
        facts.push({ name: "last", value: valueText(score.metric, last[1], doubt), beside: `epoch ${last[0]}` });
      }
      const train = valuesOf(history, score.metric.replace("val_", "train_")).pop();
      if (train && score.metric.startsWith("val_")) {
        facts.push({ name: "training", value: valueText(score.metric, train[1], null), beside: `epoch ${train[0]}` });
      }
    } else if (typeof alone === "number") {
      facts.push({ name: score.words, value: valueText(score.metric, alone, doubt) });
    }
  }
  const speed = valuesOf(history, "samples_per_second").pop();
  const seconds = run.state === "running" && run.started ? Math.max(0, (now - Date.parse(run.started)) / 1000) : run.seconds; // prettier-ignore
  if (seconds !== null) {
    facts.push({ name: "time", value: duration(seconds), ...(speed ? { beside: `${short(speed[1], 2)} samples/s` } : {}) }); // prettier-ignore
  }
  return facts;
}

/** How far a running run is: epochs that are over of those it may train, and the seconds that are left at its pace. */
export function progressOf(run: Run, history: History): { done: number; total: number; left: number | null } | null {
  const total = run.config["epochs"];
  if (run.state !== "running" || typeof total !== "number" || !(total > 0)) return null;
  const done = history.epochs[history.epochs.length - 1] ?? 0;
  const times = valuesOf(history, "train_seconds");
  const pace = times.length ? times.reduce((sum, [, seconds]) => sum + seconds, 0) / times.length : null;
  return { done: Math.min(done, total), total, left: pace === null ? null : Math.max(0, total - done) * pace };
}
