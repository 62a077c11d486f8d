// theme.svelte.ts: light and dark, for the page and its figures alike.
import { lookOf, type Look, type Theme } from "../figures/look";

const wish = matchMedia("(prefers-color-scheme: dark)");
const printing = matchMedia("print");
const key = "atelier-theme";

function remembered(): Theme | null {
  const said = localStorage.getItem(key);
  return said === "light" || said === "dark" ? said : null;
}

class Themes {
  #chosen: Theme | null = $state(remembered());
  #wished: Theme = $state(wish.matches ? "dark" : "light");
  #printed = $state(printing.matches);

  constructor() {
    wish.addEventListener("change", () => (this.#wished = wish.matches ? "dark" : "light"));
    printing.addEventListener("change", () => (this.#printed = printing.matches));
  }

  get now(): Theme {
    return this.#printed ? "light" : (this.#chosen ?? this.#wished);
  }
  /** Colours and type of the figures, which the page shares. */
  get look(): Look {
    return lookOf(this.now);
  }
  swap(): void {
    const next = this.now === "dark" ? "light" : "dark";
    this.#chosen = next === this.#wished ? null : next; // The system's wish again: follow it from now on.
    if (this.#chosen) localStorage.setItem(key, this.#chosen);
    else localStorage.removeItem(key);
  }
}

export const theme = new Themes();

/** The look as custom properties of CSS: --paper, --ink, ... */
export function wear(look: Look): void {
  const root = document.documentElement;
  root.dataset["theme"] = look.theme;
  for (const name of ["paper", "ink", "muted", "rule", "faint", "accent", "bad"] as const) {
    root.style.setProperty(`--${name}`, look[name]);
  }
  look.categories.forEach((colour, i) => root.style.setProperty(`--category-${i}`, colour));
}
