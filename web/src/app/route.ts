// route.ts: addresses of the page as values.

export type View = "runs" | "run" | "sweeps" | "sweep" | "compare" | "try";

export interface Route {
  /** None where the address means nothing. */
  view: View | null;
  id: string;
  /** What the view itself keeps in the address. */
  query: Record<string, string>;
}

/** "/runs/r7k2?x=step" as a route. */
export function routeOf(address: string): Route {
  const [path = "", search = ""] = address.split("?");
  const query = Object.fromEntries(new URLSearchParams(search));
  const pieces = path.split("/").filter(Boolean);
  const [place = "runs", id = ""] = pieces.map((piece) => {
    try {
      return decodeURIComponent(piece);
    } catch {
      return "";
    }
  });
  const one: Record<string, View> = { runs: "run", sweeps: "sweep", try: "try" };
  const all: Record<string, View> = { runs: "runs", sweeps: "sweeps", compare: "compare" };
  const places = pieces.length <= 1 ? all : pieces.length === 2 ? one : {};
  const known = Object.hasOwn(places, place) ? places[place] : undefined;
  return { view: known ?? null, id: known ? id : "", query };
}

/** The address of a view: addressOf("run", "r7k2") is "/runs/r7k2". Empty values are left out of the query. */
export function addressOf(view: View, id = "", query: Record<string, string> = {}): string {
  const place = { runs: "/runs", run: "/runs", sweeps: "/sweeps", sweep: "/sweeps", compare: "/compare", try: "/try" };
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== "")).toString();
  return place[view] + (id ? `/${encodeURIComponent(id)}` : "") + (search ? `?${search.replaceAll("%2C", ",")}` : "");
}
