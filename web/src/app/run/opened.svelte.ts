// opened.svelte.ts: which sections of a run are open, remembered by this browser.

const key = "atelier-run-closed";

function remembered(): string[] {
  try {
    const said: unknown = JSON.parse(localStorage.getItem(key) ?? "[]");
    return Array.isArray(said) ? said.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}

class Opened {
  #closed: string[] = $state.raw(remembered());

  has(section: string): boolean {
    return !this.#closed.includes(section);
  }
  set(section: string, open: boolean): void {
    const others = this.#closed.filter((one) => one !== section);
    this.#closed = open ? others : [...others, section];
    localStorage.setItem(key, JSON.stringify(this.#closed));
  }
}

export const opened = new Opened();
