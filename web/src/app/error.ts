// error.ts: what went wrong, as the page shows it.

/** What went wrong, with what to do about it. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly hint: string = "",
    readonly detail: string = "",
    /** Of HTTP; 0 when there was no answer at all. */
    readonly status: number = 0,
  ) {
    super(message);
  }
}

/** Anything thrown, as an ApiError; an error of the page's own keeps its message. */
export function asApiError(thrown: unknown): ApiError {
  return thrown instanceof ApiError ? thrown : new ApiError(thrown instanceof Error ? thrown.message : String(thrown));
}
