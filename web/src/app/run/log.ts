// log.ts: what a program printed, as text to read: without the signs that steer a terminal.

/** Colours and movements of the cursor (ECMA-48), and what sets the window's title. */
// eslint-disable-next-line no-control-regex
const steering = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_])/g;

/** The text as it stood at the end: a line that was written over and over is its last version. */
export function readable(text: string): string {
  return text
    .replace(steering, "")
    .split("\n")
    .map((line) => {
      const whole = line.replace(/\r+$/, "");
      return whole.slice(whole.lastIndexOf("\r") + 1);
    })
    .join("\n")
    .replace(/[\x00-\x08\x0b-\x1f\x7f]/g, "");
}

/** What follows the first end of a line: a piece that was cut anywhere begins there. */
export function fromNextLine(text: string): string {
  const end = text.indexOf("\n");
  return end < 0 ? text : text.slice(end + 1);
}
