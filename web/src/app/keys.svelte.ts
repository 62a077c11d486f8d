// keys.svelte.ts: what the keyboard does, in one list that `?` shows and the palette offers.
import { untrack } from "svelte";

export interface Command {
  /** "j", "Shift+J", "Ctrl+K", "ArrowDown", "#"; none: only in the palette. */
  keys: string[];
  words: string;
  run(event?: KeyboardEvent): void;
  /** Under which heading the help shows it. */
  part: string;
  /** Not offered in the palette: it needs the row or the place it is pressed at. */
  bound?: boolean;
}

class Commands {
  all: Command[] = $state.raw([]);
}

export const commands = new Commands();

/** Offers commands for as long as the component lives. Those that came last go first. */
export function offer(some: () => Command[]): void {
  $effect(() => {
    const mine = some();
    commands.all = [...mine, ...untrack(() => commands.all)];
    return () => (commands.all = commands.all.filter((command) => !mine.includes(command)));
  });
}

/** The name of a pressed key. Shift is told where the key has no sign of its own. */
export function keyName(event: KeyboardEvent): string {
  const shift = event.shiftKey && (event.key.length > 1 || /[A-Z]/.test(event.key));
  return (event.ctrlKey || event.metaKey ? "Ctrl+" : "") + (shift ? "Shift+" : "") + event.key;
}

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches("input:not([type=checkbox], [type=radio]), select, textarea"));

/** Runs the command of a key; called by the shell for every key that nothing else took. */
export function press(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.altKey || event.isComposing) return;
  const name = keyName(event);
  if (typing(event.target) && !name.startsWith("Ctrl+")) return;
  if (document.querySelector("dialog[open]") && name !== "Ctrl+k") return;
  const onControl = event.target instanceof Element && event.target.closest("a, button, summary");
  if (onControl && (event.key === "Enter" || event.key === " ")) return;
  const command = commands.all.find(({ keys }) => keys.includes(name));
  if (!command) return;
  event.preventDefault();
  command.run(event);
}
