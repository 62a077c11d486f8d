// settings.ts: the names of the settings that runs have.
import { api } from "../api";
import { flattened } from "./compare";

/**
 * Every setting but the seed, as columns. Runs of one workspace have the same settings, or few kinds of them: the newest
 * and the oldest are asked.
 */
export async function keysButSeed(where: string): Promise<string[]> {
  const ends = [true, false].map((descending) => api.runs({ where, descending, columns: ["id"], limit: 1 }));
  const ids = new Set((await Promise.all(ends)).flatMap(({ rows }) => rows.map(([id]) => String(id))));
  const runs = await Promise.all([...ids].map((id) => api.run(id)));
  const names = new Set(runs.flatMap(({ config }) => [...flattened(config).keys()]));
  names.delete("seed");
  return [...names].sort().map((name) => `config.${name}`);
}
