// live.ts: the server's stream of events, one a browser: a tab that leads shares it with the others.
import { writable, type Readable } from "svelte/store";

const kinds = ["hello", "run", "epoch", "gone", "sweep"] as const;

/** What the server tells; "hello" means that everything has to be read anew, "gone" that a run is deleted. */
export interface LiveEvent {
  event: (typeof kinds)[number];
  data: { [name: string]: unknown };
}

export type Connection = "connecting" | "live" | "offline";

type Message = LiveEvent | { event: "status"; status: Connection } | { event: "status?" };

const listeners = new Set<(event: LiveEvent) => void>();
const state = writable<Connection>("connecting");

/** Whether news arrive. */
export const connection: Readable<Connection> = state;

/** Calls `take` for every event until the function that is returned is called. */
export function onLive(take: (event: LiveEvent) => void): () => void {
  listeners.add(take);
  return () => listeners.delete(take);
}

/** Calls `take` with what came together, at most once a `wait` of milliseconds: for views that read anew. */
export function onLiveBatch(take: (events: LiveEvent[]) => void, wait = 1000): () => void {
  let batch: LiveEvent[] = [];
  let timer: number | undefined;
  const stop = onLive((event) => {
    batch.push(event);
    timer ??= window.setTimeout(() => {
      const events = batch;
      batch = [];
      timer = undefined;
      take(events);
    }, wait);
  });
  return () => {
    stop();
    window.clearTimeout(timer);
  };
}

function hand(event: LiveEvent): void {
  for (const take of listeners) take(event);
}

/** Reads the stream and tells it on, for as long as the page lives. */
function lead(tell: (message: Message) => void, onQuestion: (answer: () => void) => void): Promise<never> {
  let now: Connection = "connecting";
  const status = (next: Connection): void => {
    now = next;
    state.set(next);
    tell({ event: "status", status: next });
  };
  onQuestion(() => tell({ event: "status", status: now }));
  const open = (): void => {
    const source = new EventSource("/api/events");
    source.onopen = () => status("live");
    source.onerror = () => {
      status("offline");
      if (source.readyState !== EventSource.CLOSED) return; // It tries again by itself.
      source.close();
      window.setTimeout(open, 3000);
    };
    for (const event of kinds) {
      source.addEventListener(event, (said) => {
        const news: LiveEvent = { event, data: JSON.parse(said.data || "{}") };
        hand(news);
        tell(news);
      });
    }
  };
  open();
  return new Promise(() => {});
}

/** Joins the stream; called once. */
export function startLive(): void {
  if (!navigator.locks) {
    void lead(
      () => {},
      () => {},
    );
    return;
  }
  const channel = new BroadcastChannel("atelier-live");
  let leading = false;
  let answer = (): void => {};
  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.event === "status?") answer();
    else if (leading) return;
    else if (data.event === "status") state.set(data.status);
    else hand(data);
  };
  channel.postMessage({ event: "status?" } satisfies Message);
  void navigator.locks.request("atelier-live", () => {
    leading = true;
    return lead(
      (message) => channel.postMessage(message),
      (reply) => (answer = reply),
    );
  });
}
