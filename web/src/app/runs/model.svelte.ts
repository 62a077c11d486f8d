// model.svelte.ts: the runs table as the address asks for it: which columns, which lines, how wide.
import { untrack } from "svelte";
import { api } from "../api";
import { onLiveBatch, type LiveEvent } from "../live";
import { load } from "../load.svelte";
import { place, setQuery } from "../place.svelte";
import { complain } from "../say.svelte";
import { onChanged } from "./actions.svelte";
import { arranged, shapesOf, summaryText, usualColumns, widened, type Shape } from "./columns";
import { groupedRows, idOf, idsOf, linesOf, type Grouping, type Line } from "./lines";
import { leading, Rows } from "./rows.svelte";
import { keysButSeed } from "./settings";
import { queryOf, stateOf, type ViewState } from "./state";

const sampled = 200; // rows that settle the widths

/** The width of a text in the page's font. */
function ruler(): (text: string) => number {
  const pen = document.createElement("canvas").getContext("2d")!;
  const { fontSize, fontFamily } = getComputedStyle(document.body);
  pen.font = `${fontSize} ${fontFamily}`;
  return (text) => pen.measureText(text).width;
}

/** To be made while a component begins; it lives as long. */
export class RunsModel {
  readonly rows = new Rows();
  readonly known = load(api.columns);
  /** For times like "3 minutes ago". */
  now = $state(Date.now());

  readonly view = $derived(stateOf(place.now.query));
  readonly names = $derived(this.known.value ?? []);
  readonly shown = $derived.by(() => {
    const asked = this.view.columns.filter((name) => this.names.includes(name));
    return arranged(asked.length ? asked : usualColumns(this.names), this.view.pinned);
  });

  // The keys of "everything but the seed" are settings, which only runs themselves tell.
  readonly keys = load(async () => {
    const { group, where } = this.view;
    return group === "*" ? keysButSeed(where) : group ? [group] : [];
  });
  readonly grouping: Grouping = $derived.by(() => {
    const { group, sort, descending } = this.view;
    const keys = group ? (this.keys.value ?? []) : [];
    const columns = [...this.shown, ...keys.filter((key) => !this.shown.includes(key))];
    return { keys, columns, shown: this.shown.length, sort, descending };
  });
  readonly groups = $derived.by(() => {
    void this.rows.version;
    const { keys, columns } = this.grouping;
    const here = keys.length > 0 && this.rows.columns.join() === columns.join();
    return here ? groupedRows(this.rows.all(), this.grouping) : null;
  });
  readonly #lines = $derived(this.groups ? linesOf(this.groups, this.grouping, this.view.open) : null);

  /** As the rows have them: those of the latest question, once it is answered. */
  readonly columns = $derived(this.rows.columns.slice(0, this.grouping.shown));
  readonly count = $derived(this.#lines ? this.#lines.length : this.rows.total);
  /** There are no runs at all. */
  readonly nothing = $derived(this.rows.ready && this.rows.total === 0 && !this.view.where);

  // Widths are settled by the first rows, and do not jump while scrolling.
  readonly #widthOf = ruler();
  #settled: { for: string; shapes: Shape[] } = { for: "", shapes: [] };
  readonly shapes = $derived.by(() => {
    const now = `${this.columns.join()} ${this.rows.ready} ${this.groups?.length}`;
    if (this.#settled.for !== now) this.#settled = { for: now, shapes: this.#measured() };
    return this.#settled.shapes;
  });

  constructor() {
    // As text, so that it is asked again only when it says something else.
    const question = $derived(
      JSON.stringify({
        where: this.view.where,
        sort: this.names.includes(this.view.sort) ? this.view.sort : "",
        descending: this.view.descending,
        columns: this.grouping.columns,
        whole: this.grouping.keys.length > 0,
      }),
    );
    $effect(() => {
      const asked = this.known.value && question;
      if (asked) untrack(() => this.rows.ask(JSON.parse(asked)));
    });
    $effect(() => {
      const stops = [
        onLiveBatch((events) => void this.#news(events)),
        onChanged((ids) => (ids ? void this.rows.patch(ids).catch(complain) : this.rows.refresh())),
      ];
      const clock = window.setInterval(() => (this.now = Date.now()), 30_000);
      return () => {
        for (const stop of stops) stop();
        window.clearInterval(clock);
        this.rows.stop();
      };
    });
  }

  line(index: number): Line | undefined {
    void this.rows.version;
    if (this.#lines) return this.#lines[index];
    const row = this.rows.row(index);
    return row && { kind: "run", row, inside: false };
  }

  change(some: Partial<ViewState>): void {
    setQuery(queryOf({ ...this.view, ...some }));
  }
  /** By a column: numbers the highest first, texts from A; then the other way round; then the newest first. */
  sortBy(column: string): void {
    const first = this.shapes[this.columns.indexOf(column)]?.numeric ?? false;
    if (this.view.sort !== column) this.change({ sort: column, descending: first });
    else if (this.view.descending === first) this.change({ descending: !first });
    else this.change({ sort: "", descending: false });
  }
  /** Opens a group, or folds it. */
  toggle(mark: string): void {
    const { open } = this.view;
    this.change({ open: open.includes(mark) ? open.filter((one) => one !== mark) : [...open, mark] });
  }

  /** The runs of lines, those included that have not been read yet. */
  async idsBetween(first: number, last: number): Promise<string[]> {
    if (this.#lines) return this.#lines.slice(first, last + 1).flatMap(idsOf);
    const { where, sort, descending } = this.view;
    const query = { where, sort, descending: sort ? descending : true, columns: ["id"] };
    return (await api.runs({ ...query, offset: first, limit: last - first + 1 })).rows.map(idOf);
  }
  async allIds(): Promise<string[]> {
    return this.groups ? this.groups.flatMap((group) => group.rows.map(idOf)) : this.idsBetween(0, this.rows.total - 1);
  }

  #measured(): Shape[] {
    const sample = this.rows.all().slice(0, sampled).map((row) => row.slice(leading)); // prettier-ignore
    const shapes = shapesOf(this.columns, sample, this.now, this.#widthOf);
    const texts = (this.groups ?? []).slice(0, sampled).map(({ summaries, rows }) => {
      const row = this.columns.map((name, i) => summaryText(name, summaries[leading + i]!, this.now));
      row[0] = `    n = ${rows.length}${row[0]}`;
      return row;
    });
    return widened(shapes, texts, this.#widthOf);
  }

  async #news(events: LiveEvent[]): Promise<void> {
    if (events.some(({ event }) => event === "hello" || event === "gone")) {
      this.rows.refresh();
      void this.known.again();
      return;
    }
    const ids = events.map(({ event, data }) => (event === "sweep" ? null : (data["run"] ?? data["id"])));
    const before = this.rows.total;
    try {
      await this.rows.patch([...new Set(ids)].filter((id): id is string => typeof id === "string"));
    } catch {
      return; // The dot of the shell tells that the server is gone.
    }
    if (this.rows.total !== before) void this.known.again();
  }
}
