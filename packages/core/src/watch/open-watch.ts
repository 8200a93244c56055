import { SynthaError } from "../error/syntha-error.ts";
import { parseCursor } from "../log/cursor.ts";
import type { Actor } from "../route/visibility.ts";
import type { Session } from "../session/session.ts";
import { toWatchFilter } from "./to-watch-filter.ts";
import { checkCallback, checkFlag, checkSignal } from "../options/check-kind.ts";
import { checkOptions } from "../options/known-options.ts";
import { type Watch, WATCH, type WatchOptions } from "./watch-change.ts";
import { Watcher } from "./watcher.ts";

const DEFAULT_BUFFER = 1_024;
const LARGEST_BUFFER = 1_000_000;

/** Checks what a watch asks for, and starts it where the log stands now. */
export function openWatch(session: Session, reader: Actor, options: WatchOptions): Watch {
  session.storage.checkOpen();
  checkOptions(options, WATCH);
  checkFlag("initial", options.initial);
  checkSignal(options.signal);
  checkCallback("onConnectionChange", options.onConnectionChange);
  const { initial = false, since, signal, buffer = DEFAULT_BUFFER } = options;
  if (initial && since !== undefined) {
    throw bad(
      "since",
      "A watch starts with what is visible, or goes on from a cursor; not both.",
      "Leave out `initial` or `since`.",
    );
  }
  if (!Number.isInteger(buffer) || buffer < 1 || buffer > LARGEST_BUFFER) {
    throw bad(
      "buffer",
      `A buffer is a whole number from 1 to ${LARGEST_BUFFER}.`,
      `Leave it out for ${DEFAULT_BUFFER}.`,
    );
  }
  if (since !== undefined) parseCursor(since);
  const filter = toWatchFilter(session, reader, options);
  const { onConnectionChange } = options;
  return new Watcher(session, { filter, since, initial, buffer, signal, onConnectionChange });
}

function bad(path: string, message: string, hint: string): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", message, { hint, details: { path } });
}
