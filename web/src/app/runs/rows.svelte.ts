// rows.svelte.ts: the rows of a long table, read page by page as they come into view, and kept fresh in place.
import { api, type Cell, type RunsQuery } from "../api";
import { asApiError, type ApiError } from "../error";
import { onlyRuns } from "./filter";
import { pagesOf, type Window } from "./window";

/** Each row begins with these, then come the columns that were asked for. */
const lead = ["id", "state"];
export const leading = lead.length;

export interface Question {
  where: string;
  sort: string;
  descending: boolean;
  columns: string[];
  /** All rows at once: they are to be grouped. */
  whole: boolean;
}

const pageSize = 200;
export const mostWhole = 100_000;

const isAbort = (thrown: unknown): boolean => thrown instanceof DOMException && thrown.name === "AbortError";

export class Rows {
  /** The columns of the rows that are here; those of the latest question once its first rows have come. */
  columns: string[] = $state.raw([]);
  total = $state(0);
  error: ApiError | undefined = $state.raw();
  ready = $state(false);
  busy = $state(false);
  /** Counts whatever changes rows: a reader of `row` reads it first. */
  version = $state(0);
  /** Counts when rows say something new: not when more of them come into view. */
  news = $state(0);

  #question: Question | undefined;
  #shown: Question | undefined;
  #pages = new Map<number, Cell[][]>();
  #asked = new Set<number>();
  #window: Window = { first: 0, last: 60 };
  #round = new AbortController();

  row(index: number): Cell[] | undefined {
    const size = this.#size(this.#shown);
    return this.#pages.get(Math.floor(index / size))?.[index % size];
  }
  /** Every row that is here, in order. */
  all(): Cell[][] {
    return [...this.#pages.keys()].sort((a, b) => a - b).flatMap((page) => this.#pages.get(page) ?? []);
  }

  /** Begins anew; the rows of the question before stay until the first of this one have come. */
  ask(question: Question): void {
    this.#question = question;
    this.refresh();
  }
  /** Reads what is in view once more. */
  refresh(): void {
    if (!this.#question) return;
    this.#round.abort();
    this.#round = new AbortController();
    this.#asked.clear();
    this.#need(true);
  }
  /** Reads the pages of a window that are not here yet. */
  need(window: Window): void {
    this.#window = window;
    if (this.#shown === this.#question) this.#need(false);
  }
  stop(): void {
    this.#round.abort();
  }

  #size(question: Question | undefined): number {
    return question?.whole ? mostWhole : pageSize;
  }

  #need(again: boolean): void {
    const question = this.#question;
    if (!question) return;
    const size = this.#size(question);
    const pages = pagesOf(this.#window, size);
    for (const page of pages.length ? pages : [0]) {
      if (this.#asked.has(page) || (!again && this.#pages.has(page))) continue;
      this.#asked.add(page);
      void this.#read(question, page, this.#round.signal);
    }
  }

  #queryOf({ where, sort, descending, columns }: Question): RunsQuery {
    return { where, sort, descending: sort ? descending : true, columns: [...lead, ...columns] };
  }

  async #read(question: Question, page: number, signal: AbortSignal): Promise<void> {
    const size = this.#size(question);
    this.busy = true;
    try {
      const table = await api.runs({ ...this.#queryOf(question), limit: size, offset: page * size }, signal);
      if (this.#shown !== question || table.total !== this.total) {
        this.#pages.clear();
        ++this.news;
      }
      this.#shown = question;
      this.#pages.set(page, table.rows);
      this.columns = question.columns;
      this.total = table.total;
      this.error = undefined;
      this.ready = true;
      ++this.version;
      this.#need(false); // The view may have moved on meanwhile.
    } catch (thrown) {
      this.#asked.delete(page);
      if (isAbort(thrown)) return;
      this.error = asApiError(thrown);
    } finally {
      if (!signal.aborted) this.busy = false;
    }
  }

  /** Reads some runs again and lays them over their rows, which stay where they are. */
  async patch(ids: string[]): Promise<void> {
    const question = this.#shown;
    if (!question || ids.length === 0) return;
    const here = new Map<string, { page: number; at: number }>();
    for (const [page, rows] of this.#pages) rows.forEach((row, at) => here.set(String(row[0]), { page, at }));
    const known = ids.filter((id) => here.has(id));
    if (known.length < ids.length && (await this.#grown(question))) return this.refresh();
    if (known.length === 0) return;
    const fresh = await api.runs({ ...this.#queryOf(question), where: onlyRuns(known), limit: known.length });
    if (this.#shown !== question) return;
    for (const row of fresh.rows) {
      const place = here.get(String(row[0]));
      const rows = place && this.#pages.get(place.page);
      if (rows && rows[place.at]?.[0] === row[0]) rows[place.at] = row;
    }
    ++this.version;
    ++this.news;
  }

  /** Whether runs have come or gone since the rows were read. */
  async #grown(question: Question): Promise<boolean> {
    const { total } = await api.runs({ where: question.where, columns: ["id"], limit: 0 });
    return this.#shown === question && total !== this.total;
  }
}
