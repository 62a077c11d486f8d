// load.svelte.ts: something that a view asks for, with its waiting and its failing.
import { untrack } from "svelte";
import { asApiError, type ApiError } from "./error";

export class Loaded<T> {
  /** The latest answer; it stays while a newer one is on its way. */
  value: T | undefined = $state.raw();
  error: ApiError | undefined = $state.raw();
  busy = $state(true);
  #round = 0;
  readonly #question: () => Promise<T>;

  constructor(question: () => Promise<T>) {
    this.#question = question;
  }

  /** Waits for an answer, and forgets those that were waited for before. */
  async follow(answer: Promise<T>): Promise<void> {
    const round = ++this.#round;
    this.busy = true;
    try {
      const value = await answer;
      if (round !== this.#round) return;
      this.value = value;
      this.error = undefined;
    } catch (thrown) {
      if (round === this.#round) this.error = asApiError(thrown);
    }
    if (round === this.#round) this.busy = false;
  }
  /** The same question again. */
  again = (): Promise<void> => this.follow(this.#question());
}

/**
 * Asks when the component begins, and whenever what `question` reads before its first await has changed. With `fresh`, a
 * new question takes the old answer away.
 */
export function load<T>(question: () => Promise<T>, fresh = false): Loaded<T> {
  const loaded = new Loaded(question);
  $effect(() => {
    const answer = question();
    untrack(() => {
      if (fresh) loaded.value = undefined;
      void loaded.follow(answer);
    });
  });
  return loaded;
}
