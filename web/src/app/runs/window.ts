// window.ts: which rows of a long table are on the screen, and which pages of the server hold them.

export interface Window {
  /** Rows [first, last). */
  first: number;
  last: number;
}

/** The rows that a view of `height` pixels shows when scrolled to `top`, with `beyond` more on either side. */
export function windowOf(top: number, height: number, row: number, count: number, beyond: number): Window {
  const first = Math.max(0, Math.floor(top / row) - beyond);
  const last = Math.min(count, Math.ceil((top + height) / row) + beyond);
  return { first: Math.min(first, Math.max(0, last)), last: Math.max(0, last) };
}

/** The numbers of the pages that hold the rows of a window. */
export function pagesOf({ first, last }: Window, size: number): number[] {
  const pages: number[] = [];
  for (let page = Math.floor(first / size); page * size < last; ++page) pages.push(page);
  return pages;
}

/** Where to scroll so that a row is seen whole; as it is where it is seen already. */
export function scrollTo(index: number, top: number, height: number, row: number): number {
  if (index * row < top) return index * row;
  return Math.max(top, (index + 1) * row - height);
}

/**
 * The columns of which something is seen, with `beyond` pixels more on either side: the pinned ones, and those that a
 * view of `width` pixels, scrolled to `left`, shows beside them.
 */
export function columnsSeen(widths: number[], pinned: number, left: number, width: number, beyond: number): number[] {
  const seen: number[] = [];
  let start = 0;
  widths.forEach((one, i) => {
    if (i < pinned || (start + one >= left - beyond && start <= left + width + beyond)) seen.push(i);
    start += one;
  });
  return seen;
}
