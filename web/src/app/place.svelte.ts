// place.svelte.ts: where the page is, and the ways to another place.
import { addressOf, routeOf, type Route } from "./route";

const addressNow = (): string => location.pathname + location.search;

class Place {
  now: Route = $state.raw(routeOf(addressNow()));
  /** Moves when the page goes elsewhere, stays when a view changes its own query. */
  visit = $state(0);
}

/** The address of the page as it is. */
export const place = new Place();

/** Goes to an address, as a click on it does. */
export function go(address: string): void {
  history.pushState(null, "", address);
  arrive();
}

function arrive(): void {
  place.now = routeOf(addressNow());
  ++place.visit;
}

/** Lays values over the query of this view; empty ones are taken out. Nothing to go back to, unless `step`. */
export function setQuery(changes: Record<string, string>, step = false): void {
  const { view, id, query } = place.now;
  if (!view) return;
  const address = addressOf(view, id, { ...query, ...changes });
  if (step) history.pushState(null, "", address);
  else history.replaceState(null, "", address);
  place.now = routeOf(addressNow());
}

/** Follows the buttons of the browser, and plain clicks on links within the page. */
export function startRouting(): void {
  addEventListener("popstate", arrive);
  addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const link = (event.target as Element).closest("a");
    if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
    if (link.pathname.startsWith("/api/") || link.getAttribute("href")?.startsWith("#")) return;
    event.preventDefault();
    go(link.pathname + link.search + link.hash);
  });
}
