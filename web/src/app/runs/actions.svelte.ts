// actions.svelte.ts: what is done to runs from a list: tags, notes, and their end, each with a way back.
import { SvelteSet } from "svelte/reactivity";
import { api, type Run, type RunChange } from "../api";
import { bytes, counted } from "../numbers";
import { complain, messages, say } from "../say.svelte";
import { onlyRuns } from "./filter";

/** Runs that will be deleted when the time to undo it is over. */
export const doomed = new SvelteSet<string>();

const changed = new Set<(ids: string[] | null) => void>();

/** Calls `take` with the runs that were changed here, null when some are gone. */
export function onChanged(take: (ids: string[] | null) => void): () => void {
  changed.add(take);
  return () => changed.delete(take);
}
function tellChanged(ids: string[] | null): void {
  for (const take of changed) take(ids);
}

const undoSeconds = 10;
/** Of one request: what outlives the page may be 64 kB. */
const together = 2000;

async function remove(ids: string[], last: boolean): Promise<void> {
  try {
    for (let i = 0; i < ids.length; i += together) await api.remove(ids.slice(i, i + together), false, last);
  } catch (thrown) {
    complain(thrown);
  }
  for (const id of ids) doomed.delete(id);
  tellChanged(null);
}

/** Marks runs for deletion. The server is asked to delete when the time to undo it is over, or the page is left. */
export async function removeRuns(ids: string[]): Promise<void> {
  let plan;
  try {
    plan = await api.remove(
      ids.filter((id) => !doomed.has(id)),
      true,
    );
  } catch (thrown) {
    return complain(thrown);
  }
  const { runs, refused } = plan;
  const kept = refused.length
    ? ` ${counted(refused.length, "run")} still running ${refused.length === 1 ? "stays" : "stay"}.`
    : "";
  if (runs.length === 0) return void say(refused.length ? `Nothing is deleted.${kept}` : "There is nothing to delete.");
  for (const id of runs) doomed.add(id);

  let over = false;
  const end = (last: boolean): void => {
    if (over) return;
    over = true;
    window.clearTimeout(timer);
    removeEventListener("pagehide", leave);
    messages.dismiss(message);
    void remove(runs, last);
  };
  const leave = (): void => end(true);
  const undo = (): void => {
    over = true;
    window.clearTimeout(timer);
    removeEventListener("pagehide", leave);
    for (const id of runs) doomed.delete(id);
  };
  addEventListener("pagehide", leave);
  const timer = window.setTimeout(() => end(false), 1000 * undoSeconds);
  const message = say(`${counted(runs.length, "run")} with ${bytes(plan.bytes)} will be deleted.${kept}`, {
    seconds: 0,
    actions: [
      { words: "Undo", run: undo },
      { words: "Delete now", run: () => end(false) },
    ],
  });
}

/** Changes runs one after the other, tells how many, and offers what brings back the state before. */
async function changeAll(changes: [string, RunChange][], back: [string, RunChange][], done: string): Promise<void> {
  let count = 0;
  try {
    for (const [id, change] of changes) {
      await api.change(id, change);
      ++count;
    }
  } catch (thrown) {
    complain(thrown);
  }
  tellChanged(changes.slice(0, count).map(([id]) => id));
  if (count === 0) return;
  say(`${done} ${counted(count, "run")}.`, {
    seconds: undoSeconds,
    actions: back.length ? [{ words: "Undo", run: () => void changeAll(back.slice(0, count), [], "Undone on") }] : [],
  });
}

/** "a, b" as tags. */
export const tagsOf = (text: string): string[] => [...new Set(text.split(",").map((tag) => tag.trim()).filter(Boolean))]; // prettier-ignore

interface Before {
  id: string;
  tags: string[];
  notes: string;
}

async function before(ids: string[]): Promise<Before[]> {
  const { rows } = await api.runs({ where: onlyRuns(ids), columns: ["id", "tags", "notes"], limit: ids.length });
  return rows.map(([id, tags, notes]) => ({
    id: String(id),
    tags: tagsOf(String(tags ?? "")),
    notes: String(notes ?? ""),
  }));
}

/** Adds and takes away tags; runs that need no change get none. */
export async function tagRuns(ids: string[], add: string[], remove: string[]): Promise<void> {
  try {
    const changes: [string, RunChange][] = [];
    const back: [string, RunChange][] = [];
    for (const { id, tags } of await before(ids)) {
      const added = add.filter((tag) => !tags.includes(tag));
      const removed = remove.filter((tag) => tags.includes(tag));
      if (added.length + removed.length === 0) continue;
      changes.push([id, { add_tags: added, remove_tags: removed }]);
      back.push([id, { add_tags: removed, remove_tags: added }]);
    }
    if (changes.length === 0) return void say("These runs have these tags already.");
    await changeAll(changes, back, "Tagged");
  } catch (thrown) {
    complain(thrown);
  }
}

export async function noteRuns(ids: string[], notes: string): Promise<void> {
  try {
    const back = (await before(ids)).map(({ id, notes: old }): [string, RunChange] => [id, { notes: old }]);
    await changeAll(
      back.map(([id]) => [id, { notes }]),
      back,
      "Noted on",
    );
  } catch (thrown) {
    complain(thrown);
  }
}

/** What has to be changed for a run to have this name, group, notes and tags. */
export function changeOf(
  run: Pick<Run, "name" | "group" | "notes" | "tags">,
  wish: RunChange & { tags?: string[] },
): RunChange | null {
  const change: RunChange = {};
  for (const field of ["name", "group", "notes"] as const) {
    const value = wish[field];
    if (value !== undefined && value !== run[field]) change[field] = value;
  }
  const { tags } = wish;
  if (tags) {
    const added = tags.filter((tag) => !run.tags.includes(tag));
    const removed = run.tags.filter((tag) => !tags.includes(tag));
    if (added.length) change.add_tags = added;
    if (removed.length) change.remove_tags = removed;
  }
  return Object.keys(change).length ? change : null;
}

/** Changes one run as a person wrote it. Returns whether it went well. */
export async function changeRun(run: Run, wish: RunChange & { tags?: string[] }): Promise<boolean> {
  const change = changeOf(run, wish);
  if (!change) return true;
  try {
    await api.change(run.id, change);
    tellChanged([run.id]);
    return true;
  } catch (thrown) {
    complain(thrown);
    return false;
  }
}
