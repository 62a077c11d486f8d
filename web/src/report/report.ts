// report.ts: a report as the program writes it (docs/formats/figures.md).
import type { Figure } from "../figures/figure";

export type Block =
  | { block: "paragraph"; text: string }
  | { block: "list"; items: string[] }
  | { block: "table"; columns: string[]; rows: string[][]; shown: number }
  | { block: "listing"; language: string; text: string }
  | { block: "figure"; figure: Figure };

export interface Section {
  id: string;
  title: string;
  blocks: Block[];
}

export interface Report {
  title: string;
  lead: string[];
  facts: [name: string, value: string][];
  sections: Section[];
}

/** Text cut at its backticks: every second part is typed. A backtick without its second stays a letter. */
export function typed(text: string): string[] {
  const parts = text.split("`");
  if (parts.length % 2 === 1) return parts;
  const last = parts.pop();
  parts.push(`${parts.pop()}\`${last}`);
  return parts;
}

/** Whether all cells of a column are numbers, which then stand to the right. */
export function isNumeric(rows: string[][], column: number): boolean {
  const cells = rows.map((row) => row[column] ?? "").filter((cell) => cell !== "" && cell !== "–");
  return cells.length > 0 && cells.every((cell) => /^[+\-−]?[\d.,]+(e[+-]?\d+)?( ?%)?( ± [\d.]+)?$/.test(cell));
}
