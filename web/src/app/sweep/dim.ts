// dim.ts: lays a selection over the drawings of a sweep.
import type { Option } from "../../figures/drawing";

interface Item {
  name?: string;
  itemStyle?: object;
  lineStyle?: object;
}

/** The drawing with all marks that are named by a run, but not by one of these, in the background. */
export function dimmed(option: Option, runs: Set<string> | null): Option {
  if (!runs) return option;
  const series = (option["series"] as { data?: unknown[] }[]).map((one) => {
    if (!one.data) return one;
    const data = one.data.map((item) => {
      const { name, itemStyle, lineStyle } = (item ?? {}) as Item;
      if (!name || runs.has(name)) return item;
      return {
        ...(item as object),
        ...(itemStyle ? { itemStyle: { ...itemStyle, opacity: 0.08 } } : {}),
        ...(lineStyle ? { lineStyle: { ...lineStyle, opacity: 0.03 } } : {}),
      };
    });
    return { ...one, data };
  });
  return { ...option, series };
}
