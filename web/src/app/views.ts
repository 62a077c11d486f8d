// views.ts: the views of the page, each read when it is first shown; a new one is a line here.
import type { Component } from "svelte";
import { addressOf, type View } from "./route";

/** `id` is of the run or the sweep, where a view is of one; what a view keeps in the address is place.now.query. */
export type ViewComponent = Component<{ id: string }> | Component<Record<string, never>>;

export const views: Partial<Record<View, () => Promise<{ default: ViewComponent }>>> = {
  runs: () => import("./runs/Runs.svelte"),
  run: () => import("./run/Run.svelte"),
  try: () => import("./try/Try.svelte"),
  compare: () => import("./runs/Compare.svelte"),
  sweeps: () => import("./sweep/Sweeps.svelte"),
  sweep: () => import("./sweep/Sweep.svelte"),
};

/** The entries of the side bar, with the views that belong under each. */
export const rooms: { words: string; address: string; views: View[]; key: string }[] = [
  { words: "Runs", address: addressOf("runs"), views: ["runs", "run", "try"], key: "1" },
  { words: "Sweeps", address: addressOf("sweeps"), views: ["sweeps", "sweep"], key: "2" },
  { words: "Compare", address: addressOf("compare"), views: ["compare"], key: "3" },
];
