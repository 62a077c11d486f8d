// say.svelte.ts: short messages at the foot of the page, some with a way back.
import { asApiError } from "./error";

export interface Message {
  id: number;
  text: string;
  hint?: string;
  bad?: boolean;
  actions?: { words: string; run(): void }[];
  /** When it leaves, of performance.now(); absent: when it is dismissed. */
  until?: number;
}

class Messages {
  all: Message[] = $state.raw([]);
  #last = 0;

  /** Shows a message; `seconds` of 0 keeps it until it is dismissed. Returns its number. */
  say(text: string, options: Omit<Message, "id" | "text" | "until"> & { seconds?: number } = {}): number {
    const { seconds = 5, ...rest } = options;
    const id = ++this.#last;
    const until = seconds > 0 ? { until: performance.now() + 1000 * seconds } : {};
    this.all = [...this.all, { id, text, ...rest, ...until }];
    if (seconds > 0) window.setTimeout(() => this.dismiss(id), 1000 * seconds);
    return id;
  }
  dismiss(id: number): void {
    this.all = this.all.filter((message) => message.id !== id);
  }
}

export const messages = new Messages();
export const say = messages.say.bind(messages);

/** Shows what went wrong. */
export function complain(thrown: unknown): void {
  const error = asApiError(thrown);
  messages.say(error.message, { bad: true, seconds: 12, ...(error.hint ? { hint: error.hint } : {}) });
}
