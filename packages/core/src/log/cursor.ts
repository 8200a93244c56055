import { SynthaError } from "../error/syntha-error.ts";
import type { LogPosition } from "./log-position.ts";

declare const cursor: unique symbol;

/** An opaque position in the log. Store it as it is, and pass it back as `since`. */
export type Cursor = string & { readonly [cursor]?: never };

// c1.<epoch>.<position>.[~ if initial]<entries done, empty for all>.<commit id>[-<event fingerprint>][.<key as base64url>]
const PATTERN =
  /^c1\.([0-9a-z]*)\.([0-9a-z]+)\.(~?)([0-9a-z]*)\.([0-9a-z]+)(?:-([0-9a-z]+))?(?:\.([\w-]*))?$/;

export function toCursor(position: LogPosition): Cursor {
  const { epoch, key, initial, eventFingerprint: fingerprint } = position;
  const done = position.done === "all" ? "" : toBase36(position.done);
  const head = `c1.${epoch}.${toBase36(position.position)}.${initial ? "~" : ""}${done}`;
  const event = fingerprint === undefined ? "" : `-${toBase36(fingerprint)}`;
  const keyText = key === undefined ? "" : `.${encodeText(key)}`;
  return `${head}.${toBase36(position.commitId)}${event}${keyText}`;
}

const DIGITS = 5;
const PART = 36 ** DIGITS;

/** `toString(36)`, by parts of few digits: V8 takes several times as long for an integer of more than 31 bits. */
function toBase36(integer: number): string {
  if (integer < PART) return integer.toString(36);
  const last = integer % PART;
  return toBase36((integer - last) / PART) + last.toString(36).padStart(DIGITS, "0");
}

/** @throws INVALID_CURSOR */
export function parseCursor(text: unknown): LogPosition {
  const match = typeof text === "string" && text.length <= 2_048 ? PATTERN.exec(text) : null;
  if (!match) throw invalidCursor();
  const [, epoch = "", position = "", initial, done = "", commitId = "", fingerprint, key] = match;
  return {
    epoch,
    position: fromBase36(position),
    done: done === "" ? "all" : fromBase36(done),
    commitId: fromBase36(commitId),
    eventFingerprint: fingerprint === undefined ? undefined : fromBase36(fingerprint),
    key: key === undefined ? undefined : decodeText(key),
    initial: initial === "~" ? true : undefined,
  };
}

/** @throws INVALID_CURSOR for an integer that no cursor has: databases would refuse it */
function fromBase36(digits: string): number {
  const integer = Number.parseInt(digits, 36);
  if (!Number.isSafeInteger(integer)) throw invalidCursor();
  return integer;
}

function invalidCursor(): SynthaError {
  return new SynthaError("INVALID_CURSOR", "Invalid cursor.", {
    hint: "Pass a `cursor` of a change, a watch or events() unchanged.",
  });
}

/** Text as base64url of its UTF-8, with APIs that all runtimes have. */
export function encodeText(text: string): string {
  let binary = "";
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @throws INVALID_CURSOR */
export function decodeText(encoded: string): string {
  try {
    const binary = atob(encoded.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new SynthaError("INVALID_CURSOR", "The cursor or page token was modified.", {
      hint: "Pass it back exactly as it was returned.",
      cause,
    });
  }
}
