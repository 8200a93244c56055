import { isSynthaError, type SynthaError } from "../error/syntha-error.ts";

/** Reads rows, and separates those that are damaged where they are stored, with their errors. */
export function readable<R, V>(
  rows: readonly R[],
  read: (row: R) => V,
): { readonly values: V[]; readonly corrupt: [R, SynthaError<"CORRUPT_DATA">][] } {
  const values: V[] = [];
  const corrupt: [R, SynthaError<"CORRUPT_DATA">][] = [];
  for (const row of rows) {
    try {
      values.push(read(row));
    } catch (error) {
      if (!isSynthaError(error, "CORRUPT_DATA")) throw error;
      corrupt.push([row, error]);
    }
  }
  return { values, corrupt };
}
