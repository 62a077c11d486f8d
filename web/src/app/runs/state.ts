// state.ts: what the runs view keeps in the address, as a value.

export interface ViewState {
  where: string;
  /** Empty: the newest first. */
  sort: string;
  descending: boolean;
  /** None: the usual ones. */
  columns: string[];
  pinned: string[];
  /** The name of a column, `*` for everything but the seed, or empty. */
  group: string;
  /** Marks of the groups that are open. */
  open: string[];
  /** Ids of the chosen runs. */
  picked: string[];
}

/** Names may hold commas: those stand for themselves when they are doubled. */
function listOf(text: string | undefined): string[] {
  if (!text) return [];
  return text
    .replaceAll(",,", "\0")
    .split(",")
    .filter(Boolean)
    .map((name) => name.replaceAll("\0", ","));
}
const textOf = (names: string[]): string => names.map((name) => name.replaceAll(",", ",,")).join(",");

/** More would make the address too long to be handed on. */
export const mostPicked = 200;

export function stateOf(query: Record<string, string>): ViewState {
  const sort = query["sort"] ?? "";
  return {
    where: query["where"] ?? "",
    sort: sort.replace(/^-/, ""),
    descending: sort.startsWith("-"),
    columns: listOf(query["columns"]),
    pinned: query["pin"] === undefined ? ["name"] : listOf(query["pin"]),
    group: query["group"] ?? "",
    open: listOf(query["open"]),
    picked: listOf(query["picked"]),
  };
}

/** As the address has it; empty values are left out of it. */
export function queryOf(state: ViewState): Record<string, string> {
  return {
    where: state.where,
    sort: state.sort ? (state.descending ? "-" : "") + state.sort : "",
    columns: textOf(state.columns),
    pin: state.pinned.join() === "name" ? "" : textOf(state.pinned) || ",",
    group: state.group,
    open: state.group ? textOf(state.open) : "",
    picked: state.picked.length <= mostPicked ? textOf(state.picked) : "",
  };
}
