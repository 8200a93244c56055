import { SynthaError } from "@syntha/core";

/** Characters of one call's arguments or answer. RPC allows 32 MiB, and a character takes up to two bytes. */
export const MAX_CALL_CHARACTERS = 8 * 1024 * 1024;

/** Bytes that the texts of one call's arguments or answer may have: the rest of 32 MiB is for what is around them. */
const MAX_CALL_BYTES = 31 * 1024 * 1024;

/** The characters of all texts in a value. */
export function charactersIn(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 0;
  let characters = 0;
  for (const part of Object.values(value)) characters += charactersIn(part);
  return characters;
}

/** Divides a list, so that each part fits a call unless it is one element. */
export function divide<T>(list: readonly T[]): readonly (readonly T[])[] {
  const parts: T[][] = [];
  let free = 0;
  for (const each of list) {
    const characters = charactersIn(each);
    const part = parts.at(-1);
    if (part === undefined || characters > free) {
      parts.push([each]);
      free = MAX_CALL_CHARACTERS - characters;
    } else {
      part.push(each);
      free -= characters;
    }
  }
  return parts;
}

/** Reads a page, and a smaller one while it does not fit a call. */
export function readFitting<T>(limit: number, read: (limit: number) => T): T {
  for (let most = limit; ;) {
    const page = read(most);
    const characters = most > 1 ? charactersIn(page) : 0;
    if (characters <= MAX_CALL_CHARACTERS) return page;
    most = Math.max(1, Math.floor((most * MAX_CALL_CHARACTERS) / characters / 2));
  }
}

/** @throws TOO_LARGE for arguments or an answer that RPC refuses */
export function checkCallSize(value: unknown): void {
  if (charactersIn(value) <= MAX_CALL_CHARACTERS) return;
  const size = bytesIn(value);
  if (size <= MAX_CALL_BYTES) return;
  throw new SynthaError(
    "TOO_LARGE",
    `What one call writes or reads takes ${size} bytes in a message, which has 32 MiB in all.`,
    {
      hint: "Write or read less at a time: fewer or smaller items in one call.",
      details: { what: "call", size, maximum: MAX_CALL_BYTES },
    },
  );
}

/** The bytes of all texts in a message: one for each character if all are of Latin-1, else two. */
function bytesIn(value: unknown): number {
  if (typeof value === "string") return value.length * (BEYOND_LATIN1.test(value) ? 2 : 1);
  if (typeof value !== "object" || value === null) return 0;
  let bytes = 0;
  for (const part of Object.values(value)) bytes += bytesIn(part);
  return bytes;
}

const BEYOND_LATIN1 = /[\u0100-\uffff]/;
