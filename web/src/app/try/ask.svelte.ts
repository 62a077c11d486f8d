// ask.svelte.ts: questions to a run's model, of which only the latest matters.
import { runPath, send } from "../api";
import { asApiError, type ApiError } from "../error";

export interface Answer {
  pixels: number[];
  image: { height: number; width: number; channels: number };
  names: string[];
  probabilities: number[];
  answer: number;
  /** Of a test sample, where it is known. */
  truth: string | null;
  /** Of the answer's logit by each value. */
  gradient: number[] | null;
  nearest: { index: number; label: string; distance: number; picture: string | null }[];
}

export type Question = { pixels: number[] } | { test: number };

export const askModel = (run: string, question: Question): Promise<Answer> =>
  send("POST", runPath(run, "/try"), question);

/** One question is on its way at a time; of those that come meanwhile, the latest follows. */
export class Asker {
  answer: Answer | undefined = $state.raw();
  error: ApiError | undefined = $state.raw();
  /** How long the latest answer took, in milliseconds. */
  took = $state(0);
  #busy = false;
  #next: (() => void) | null = null;

  constructor(private readonly run: string) {}

  /** The answer, or null where a newer question has come or the server refused. */
  ask(question: Question): Promise<Answer | null> {
    return new Promise((resolve) => {
      const begin = (): void => void this.#send(question).then(resolve);
      if (!this.#busy) return begin();
      const overtaken = this.#next;
      this.#next = begin;
      if (overtaken) this.#dropped.get(overtaken)?.(null);
      this.#dropped.set(begin, resolve);
    });
  }
  readonly #dropped = new WeakMap<() => void, (answer: null) => void>();

  async #send(question: Question): Promise<Answer | null> {
    this.#busy = true;
    const start = performance.now();
    try {
      const answer = await askModel(this.run, question);
      this.took = performance.now() - start;
      this.answer = answer;
      this.error = undefined;
      return answer;
    } catch (thrown) {
      this.error = asApiError(thrown);
      return null;
    } finally {
      this.#busy = false;
      const next = this.#next;
      this.#next = null;
      next?.();
    }
  }
}
