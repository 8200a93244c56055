import { SynthaError } from "../error/syntha-error.ts";
import type { LogPosition } from "./log-position.ts";

declare const cursor: unique symbol;

/** An opaque place in the log. Keep it as the text that it is; hand it back as `since`. */
export type Cursor = string & { readonly [cursor]?: never };

// c1.<epoch>.<position>.[~ while initial]<entries done, none when all>.<mark>[-<event mark>][.<key as base64url>]
const FORM =
  /^c1\.([0-9a-z]*)\.([0-9a-z]+)\.(~?)([0-9a-z]*)\.([0-9a-z]+)(?:-([0-9a-z]+))?(?:\.([\w-]*))?$/;

export function toCursor(place: LogPosition): Cursor {
  const done = place.done === "all" ? "" : place.done.toString(36);
  const head = `c1.${place.epoch}.${place.position.toString(36)}.${place.initial ? "~" : ""}`;
  const eventMark = place.eventMark === undefined ? "" : `-${place.eventMark.toString(36)}`;
  const key = place.key === undefined ? "" : `.${encodeText(place.key)}`;
  return `${head}${done}.${place.commitId.toString(36)}${eventMark}${key}`;
}

/** @throws INVALID_CURSOR for what is no cursor of ours. */
export function parseCursor(text: unknown): LogPosition {
  const match = typeof text === "string" && text.length <= 2_048 ? FORM.exec(text) : null;
  if (!match) {
    throw new SynthaError("INVALID_CURSOR", "This is no cursor of Syntha.", {
      hint: "Pass a `cursor` as a change, a watch or events() gave it, unchanged.",
    });
  }
  const [, epoch = "", position = "", initial, done = "", mark = "", eventMark, key] = match;
  return {
    epoch,
    position: Number.parseInt(position, 36),
    done: done === "" ? "all" : Number.parseInt(done, 36),
    commitId: Number.parseInt(mark, 36),
    eventMark: eventMark === undefined ? undefined : Number.parseInt(eventMark, 36),
    key: key === undefined ? undefined : decodeText(key),
    initial: initial === "~" ? true : undefined,
  };
}

/** Text as base64url of its UTF-8, without an API that only Node has. */
export function encodeText(text: string): string {
  let binary = "";
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @throws INVALID_CURSOR when it is no such text. */
export function decodeText(encoded: string): string {
  try {
    const binary = atob(encoded.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new SynthaError("INVALID_CURSOR", "This cursor or page was changed on its way.", {
      hint: "Hand it back exactly as it was given.",
      cause,
    });
  }
}
