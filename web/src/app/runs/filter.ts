// filter.ts: help with writing a filter: which name stands at the caret, and which names it could become.

export interface Word {
  from: number;
  to: number;
  text: string;
}

const letter = /[\p{L}\p{N}_.\-/]/u;

/** The name that is being written at the caret; none within a text in quotes, or where no name is. */
export function wordAt(text: string, caret: number): Word | null {
  let quote = "";
  for (const sign of text.slice(0, caret)) {
    if (quote) quote = sign === quote ? "" : quote;
    else if (sign === '"' || sign === "'") quote = sign;
  }
  if (quote) return null;
  let from = caret;
  while (from > 0 && letter.test(text[from - 1]!)) --from;
  let to = caret;
  while (to < text.length && letter.test(text[to]!)) ++to;
  const word = text.slice(from, to);
  return /^[\p{L}_]/u.test(word) ? { from, to, text: word } : null;
}

const words = new Set(["and", "or", "not", "like", "in", "is", "null", "true", "false"]);

/** Names that begin with what is written, then those that hold it. None where it is a name already. */
export function completions(word: Word | null, names: string[], most = 8): string[] {
  if (!word || word.text.length < 2 || words.has(word.text.toLowerCase()) || names.includes(word.text)) return [];
  const said = word.text.toLowerCase();
  const begins = names.filter((name) => name.toLowerCase().startsWith(said));
  const holds = names.filter((name) => !begins.includes(name) && name.toLowerCase().includes(said));
  return [...begins, ...holds].slice(0, most);
}

/** A text as a filter writes it. */
export const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/** A name as a filter writes it. */
export const named = (name: string): string => (/^[\p{L}_][\p{L}\p{N}_.\-/]*$/u.test(name) ? name : `\`${name}\``);

/** The filter that meets these runs alone. */
export const onlyRuns = (ids: string[]): string => `id in (${ids.map(quoted).join(", ")})`;
