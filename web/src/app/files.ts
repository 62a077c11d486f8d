// files.ts: what leaves the page: files and the clipboard.

export type Row = readonly (string | number | boolean | null)[];

/** Hands a file to the browser's downloads. */
export function download(name: string, content: Blob | string, type = "text/plain"): void {
  const blob = typeof content === "string" ? new Blob([content], { type: `${type};charset=utf-8` }) : content;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export async function copy(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
}

/**
 * A field of CSV (RFC 4180). A text that a spreadsheet would take for a formula is led by an apostrophe, for names and
 * notes may come from anywhere.
 */
function csvField(value: string | number | boolean | null): string {
  if (typeof value !== "string") return value === null ? "" : String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csv(columns: readonly string[], rows: readonly Row[]): string {
  return [columns, ...rows].map((row) => row.map(csvField).join(",") + "\r\n").join("");
}

/** Tab-separated, as spreadsheets paste it. */
export function tsv(columns: readonly string[], rows: readonly Row[]): string {
  const field = (value: Row[number]): string => (value === null ? "" : String(value).replace(/[\t\r\n]+/g, " "));
  return [columns, ...rows].map((row) => row.map(field).join("\t")).join("\n");
}

/** An array of objects, one a line. */
export function jsonRows(columns: readonly string[], rows: readonly Row[]): string {
  const objects = rows.map((row) =>
    JSON.stringify(Object.fromEntries(columns.map((name, i) => [name, row[i] ?? null]))),
  );
  return `[\n${objects.join(",\n")}\n]\n`;
}

/** A name that every system takes for a file. */
export const fileName = (text: string): string => text.replace(/[^\p{L}\p{N}_.-]+/gu, "_").slice(0, 80) || "atelier";
