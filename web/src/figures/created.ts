// created.ts: the metric of each trial in order of creation, and the best so far.
import { axisOf, base, isBad, roundEnds, type Drawing } from "./drawing";
import type { CreatedData, Table } from "./figure";
import { isShare } from "./numbers";
import { metricText, trialMark, trialTip } from "./trials";

/** [trial, best so far] wherever it changes, and at the last trial. */
export function bestSoFar(data: CreatedData): [number, number][] {
  const steps: [number, number][] = [];
  let best: number | null = null;
  data.trials.forEach((each) => {
    if (each.value === null) return;
    if (best === null || (data.goal === "maximize" ? each.value > best : each.value < best)) {
      best = each.value;
      steps.push([each.trial.number, best]);
    }
  });
  const last = data.trials[data.trials.length - 1];
  if (last && best !== null) steps.push([last.trial.number, best]);
  return steps;
}

export const created: Drawing<"created"> = {
  size: () => ({ width: 720, height: 340 }),

  option: (figure, look, frame) => {
    const data = figure.data;
    const values = data.trials.map((each) => each.value).filter((value): value is number => value !== null);
    const range = roundEnds(Math.min.apply(null, values), Math.max.apply(null, values), 5);
    if (isShare(data.metric.name)) {
      range.max = Math.min(range.max, 1);
      range.min = Math.max(range.min, 0);
    }
    const lost = data.trials.filter((each) => each.value === null && isBad(each.trial.state));
    return {
      ...base(look),
      grid: { left: frame.left + 58, top: frame.top + 12, width: frame.width - 76, height: frame.height - 60 },
      xAxis: {
        ...axisOf({ name: "trial", label: "trial, in order of creation", scale: "linear" }, look),
        nameGap: 26,
        min: 0,
        max: Math.max(1, data.trials.length - 1),
        minInterval: 1,
        splitLine: { show: false },
        axisLine: { show: true, onZero: false, lineStyle: { color: look.rule } },
      },
      yAxis: {
        ...axisOf(data.metric, look),
        nameGap: 44,
        ...(data.metric.scale === "linear" && values.length ? range : {}),
      },
      tooltip: {
        ...base(look).tooltip,
        trigger: "item",
        formatter: (hovered: { seriesId: string; dataIndex: number }) => {
          const from = hovered.seriesId === "lost" ? lost : data.trials;
          const each = from[hovered.dataIndex];
          return each ? trialTip(each.trial, [[data.metric.label, metricText(data.metric, each.value)]]) : "";
        },
      },
      series: [
        {
          type: "scatter",
          id: "trials",
          symbolSize: data.trials.length > 400 ? 5 : 8,
          data: data.trials.map((each) => ({
            value: [each.trial.number, each.value],
            name: each.trial.run,
            itemStyle: trialMark(each.trial, look.muted, look),
          })),
        },
        {
          type: "scatter",
          id: "lost",
          symbol: "triangle",
          symbolSize: 8,
          itemStyle: { color: look.bad },
          data: lost.map((each) => ({ value: [each.trial.number, range.min], name: each.trial.run })),
        },
        {
          type: "line",
          id: "best",
          step: "end",
          symbol: "none",
          silent: true,
          z: 1,
          lineStyle: { color: look.accent, width: 2 },
          data: bestSoFar(data),
          endLabel: { show: true, formatter: "best", color: look.accent, fontSize: 11, offset: [-30, -12] },
        },
      ],
    };
  },

  table: (figure): Table => ({
    columns: ["trial", "name", "state", figure.data.metric.label, "seconds", "reason"],
    rows: figure.data.trials.map((each) => [
      each.trial.number,
      each.trial.name,
      each.trial.state,
      each.value,
      each.seconds,
      each.trial.reason || "",
    ]),
  }),
};
