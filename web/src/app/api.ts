// api.ts: what the server answers (docs/reference/http.md).
import type { Figure, State } from "../figures/figure";
import { ApiError } from "./error";

export { ApiError };

/** One value of a listing. */
export type Cell = string | number | null;
/** A value of a configuration, a summary or an environment. */
export type Json = Cell | boolean | Json[] | { [name: string]: Json };
export type Values = { [name: string]: Json };

export interface Workspace {
  name: string;
  version: string;
  read_only: boolean;
}

export interface RunsTable {
  columns: string[];
  /** How many runs meet the filter, whatever the limit. */
  total: number;
  rows: Cell[][];
}

export interface RunsQuery {
  where?: string;
  sort?: string;
  descending?: boolean;
  columns?: string[];
  limit?: number;
  offset?: number;
}

export interface Artifact {
  name: string;
  path: string;
  kind: string;
  bytes: number;
  sha256: string;
}

export interface Run {
  id: string;
  state: State;
  name: string;
  group: string;
  tags: string[];
  /** ISO 8601, UTC. */
  created: string;
  started: string | null;
  ended: string | null;
  seconds: number | null;
  sweep?: string;
  trial?: number;
  reason: string;
  notes: string;
  attempt: number;
  worker: string;
  config: Values;
  summary: Values;
  environment: Values;
  plan?: Values;
  artifacts: Artifact[];
  /** What repeats the run. */
  command?: string;
}

export interface History {
  names: string[];
  epochs: number[];
  /** [epoch][name] */
  values: (number | null)[][];
}

/** A bucket: where it ends, its last value, its least and its greatest. */
export type Bucket = [at: number, last: number | null, low: number | null, high: number | null];

export interface Removal {
  runs: string[];
  /** Still running, so left alone. */
  refused: string[];
  bytes: number;
}

export interface RunChange {
  name?: string;
  group?: string;
  notes?: string;
  add_tags?: string[];
  remove_tags?: string[];
}

const token = globalThis.document?.querySelector<HTMLMetaElement>('meta[name="atelier-token"]')?.content ?? "";

async function refusal(response: Response): Promise<ApiError> {
  const said = await response.json().catch(() => null);
  const error = said?.error ?? {};
  const summary = error.summary ?? `the server answers ${response.status} ${response.statusText}`;
  return new ApiError(summary, error.hint ?? "", error.detail ?? "", response.status);
}

/** Asks the server. Every failure is an ApiError, but for an abort, which stays one. */
async function ask(path: string, options: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { ...options, headers: { ...options.headers, "x-atelier-token": token } });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError("the server does not answer", "`atelier ui` starts it; this page then goes on by itself");
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

/** The answer at a path, "/api/...". */
export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await ask(path, signal ? { signal } : {})).json();
}

/** Changes something. `last`: the request outlives the page. */
export async function send<T>(method: "POST" | "PATCH", path: string, body: object, last = false): Promise<T> {
  const headers = { "content-type": "application/json" };
  const response = await ask(path, { method, headers, body: JSON.stringify(body), keepalive: last });
  return response.status === 204 ? (undefined as T) : response.json();
}

/** "/api/runs" and { limit: 5 } as "/api/runs?limit=5"; what is empty is left out. */
export function pathOf(path: string, query: Record<string, string | number | boolean | string[] | undefined>): string {
  const pairs: string[] = [];
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === "" || value === false) continue;
    const text = Array.isArray(value) ? value.join(",") : String(value);
    pairs.push(`${name}=${encodeURIComponent(text).replaceAll("%2C", ",")}`);
  }
  return pairs.length ? `${path}?${pairs.join("&")}` : path;
}

export const runPath = (run: string, part = ""): string => `/api/runs/${encodeURIComponent(run)}${part}`;
export const sweepPath = (sweep: string, part = ""): string => `/api/sweeps/${encodeURIComponent(sweep)}${part}`;

export const api = {
  workspace: (): Promise<Workspace> => get("/api/workspace"),
  columns: async (): Promise<string[]> => (await get<{ columns: string[] }>("/api/columns")).columns,
  runs: (query: RunsQuery, signal?: AbortSignal): Promise<RunsTable> => get(pathOf("/api/runs", { ...query }), signal),
  run: (run: string): Promise<Run> => get(runPath(run)),
  history: (run: string): Promise<History> => get(runPath(run, "/history")),
  figure: (run: string, name: string): Promise<Figure> => get(runPath(run, `/figures/${name}`)),
  sweepFigure: (sweep: string, name: string): Promise<Figure> => get(sweepPath(sweep, `/figures/${name}`)),
  change: (run: string, change: RunChange): Promise<unknown> => send("PATCH", runPath(run), change),
  remove: (ids: string[], dryRun: boolean, last = false): Promise<Removal> =>
    send("POST", "/api/runs/delete", { ids, dry_run: dryRun }, last),
};
