import { macrotask } from "./macrotask.ts";

// Where calls resolve in microtasks, a program that awaits nothing else would starve timers, signals and sockets, and with
// them its own sweeps and compactions.

/** How long the event loop is blocked before a call waits for a turn of it, in milliseconds. */
const MAX_BLOCKED_MS = 10;

/** Real, whatever a test's fake clock replaces later. */
const now = performance.now.bind(performance);

/** In Node, the first message of a channel takes 30 ms, which most programs never need. Browsers lack this function. */
const immediate =
  (globalThis as unknown as { readonly setImmediate?: (run: () => void) => Immediate })
    .setImmediate ?? ((run: () => void) => void macrotask().then(run));

/** Node's; other runtimes return a number. */
interface Immediate {
  unref?(): void;
}

/** Since when no turn is known, by the calls of all storages of the process. */
let blockedSince: number | undefined;

/** What calls of {@link inTurn} wait for, how many do, and whether that turn is over. */
let next: Promise<void> | undefined;
let waiting = 0;
let isOver = false;

function noteTurn(): void {
  blockedSince = undefined;
}

/** Whether a call should wait for {@link nextTurn} first, as the event loop has been blocked for too long. */
export function isTurnDue(): boolean {
  if (blockedSince !== undefined) return now() - blockedSince >= MAX_BLOCKED_MS;
  blockedSince = now();
  // It keeps no process alive.
  immediate(noteTurn)?.unref?.();
  return false;
}

/** Resolves after a turn of the event loop, to callers in the order of their calls. */
export function nextTurn(): Promise<void> {
  return macrotask().then(noteTurn);
}

/**
 * Runs work within the call, or after a turn of the event loop if one is due. The work of several calls runs in the order
 * of the calls: one that comes while others wait is queued after them.
 */
export async function inTurn<T>(work: () => T): Promise<T> {
  if (waiting === 0 && !isTurnDue()) return work();
  // Calls that never stop coming wait for one turn after the other.
  if (next === undefined || (isOver && isTurnDue())) {
    isOver = false;
    next = nextTurn().then(() => {
      isOver = true;
    });
  }
  waiting++;
  await next;
  try {
    return work();
  } finally {
    // In the same microtask as the work: nothing comes between.
    if (--waiting === 0) next = undefined;
  }
}
