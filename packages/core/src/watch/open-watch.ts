import { SynthaError } from "../error/syntha-error.ts";
import { parseCursor } from "../log/cursor.ts";
import { checkCallback, checkFlag, checkSignal } from "../options/check-kind.ts";
import { checkOptions } from "../options/known-options.ts";
import type { Actor } from "../route/visibility.ts";
import type { Session } from "../session/session.ts";
import { type Watch, WATCH, type WatchOptions } from "./watch-change.ts";
import { toWatchFilter } from "./watch-filter.ts";
import { Watcher } from "./watcher.ts";

const DEFAULT_BUFFER = 1_024;
const MAX_BUFFER = 1_000_000;

/** @throws CLOSED, INVALID_ARGUMENTS, INVALID_CURSOR */
export function openWatch(session: Session, actor: Actor, options: WatchOptions): Watch {
  session.storage.checkOpen();
  checkOptions(options, WATCH);
  checkFlag("initial", options.initial);
  checkSignal(options.signal);
  checkCallback("onConnectionChange", options.onConnectionChange);
  const { initial = false, since, buffer = DEFAULT_BUFFER, signal, onConnectionChange } = options;
  if (initial && since !== undefined) {
    throw invalid(
      "since",
      "A watch starts with `initial` or from `since`, not both.",
      "Leave out `initial` or `since`.",
    );
  }
  if (!Number.isInteger(buffer) || buffer < 1 || buffer > MAX_BUFFER) {
    throw invalid(
      "buffer",
      `\`buffer\` must be a whole number from 1 to ${MAX_BUFFER}.`,
      `Leave it out for ${DEFAULT_BUFFER}.`,
    );
  }
  if (since !== undefined) parseCursor(since);
  const filter = toWatchFilter(session.encoder, actor, options);
  return new Watcher(session, { filter, since, initial, buffer, signal, onConnectionChange });
}

function invalid(path: string, message: string, hint: string): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", message, { hint, details: { path } });
}
