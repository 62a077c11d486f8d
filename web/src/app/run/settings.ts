// settings.ts: a run's configuration as lines, with those that differ from the defaults.
import type { Json, Values } from "../api";
import { flattened } from "../runs/compare";

export interface Setting {
  name: string;
  value: Json;
  /** Somebody chose it: it is not the default. Unknown where no command repeats the run. */
  chosen: boolean | null;
}

/** The words of a command of a shell, as it would take them apart. */
export function shellWords(command: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote = "";
  for (let i = 0; i < command.length; ++i) {
    const letter = command[i]!;
    if (quote) {
      if (letter === quote) quote = "";
      else if (letter === "\\" && quote === '"') word += command[++i] ?? "";
      else word += letter;
    } else if (letter === "'" || letter === '"') {
      quote = letter;
      word ??= "";
    } else if (letter === "\\") {
      word = (word ?? "") + (command[++i] ?? "");
    } else if (/\s/.test(letter)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? "") + letter;
    }
  }
  return word === null ? words : [...words, word];
}

/** The settings that a command names: what it does not name has its default. */
export function chosenIn(command: string): Set<string> {
  const names = shellWords(command).map((word) => /^--([\w-]+)/.exec(word)?.[1]);
  return new Set(names.flatMap((name) => (name ? [name.replaceAll("-", "_")] : [])));
}

export function settingsOf(config: Values, command: string | undefined): Setting[] {
  const chosen = command === undefined ? null : chosenIn(command);
  // A knob of the optimizer is a setting like the others to the command.
  const known = (name: string): string => name.replace(/^knobs\./, "").replaceAll("-", "_");
  return [...flattened(config)].map(([name, value]) => ({ name, value, chosen: chosen && chosen.has(known(name)) }));
}

/** Those whose name or value has every word of a search. */
export function found(settings: Setting[], search: string): Setting[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return settings.filter(({ name, value }) => {
    const text = `${name} ${name.replaceAll("_", " ")} ${typeof value === "string" ? value : JSON.stringify(value)}`.toLowerCase(); // prettier-ignore
    return words.every((word) => text.includes(word));
  });
}
