// trials.ts: what all figures of a sweep's trials share: colours, marks and words of a trial.
import { isBad, stateName, tip } from "./drawing";
import type { Axis, Goal, Trial, Value } from "./figure";
import { along, metricRamp, type Look } from "./look";
import { isShare, percent, short } from "./numbers";

/** A value of the metric as people read it. */
export function metricText(metric: Axis, value: Value): string {
  return isShare(metric.name) ? percent(value, 2) : short(value, 4);
}

/**
 * The colour of a metric's value, from the worst to the best. The worst tenth shares one colour: a few trials at chance
 * would otherwise take the whole scale.
 */
export function metricColours(values: Value[], goal: Goal, look: Look): (value: Value) => string {
  const known = values.filter((value): value is number => value !== null).sort((a, b) => a - b);
  if (goal === "minimize") known.reverse();
  const worst = known[Math.floor(known.length / 10)];
  const best = known[known.length - 1];
  const ramp = metricRamp(look);
  return (value) => {
    if (value === null || worst === undefined || best === undefined) return look.muted;
    return along(ramp, best === worst ? 1 : (value - worst) / (best - worst));
  };
}

/** What hovering over a trial tells. */
export function trialTip(trial: Trial, rows: [string, string][]): string {
  const state: [string, string][] = trial.state === "finished" ? [] : [[stateName(trial.state), ""]];
  const reason: [string, string][] = trial.reason ? [[trial.reason, ""]] : [];
  return tip("#" + trial.number + "  " + trial.name, rows.concat(state, reason));
}

/** Hollow when it was stopped early, red when it came to no good. */
export function trialMark(trial: Trial, colour: string, look: Look): object {
  if (isBad(trial.state)) return { color: look.bad };
  if (trial.state === "stopped_early" || trial.state === "paused") {
    return { color: look.paper, borderColor: colour, borderWidth: 1.5 };
  }
  return { color: colour };
}
