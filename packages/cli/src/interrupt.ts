import { isSynthaError } from "@syntha/core";
import { EXIT } from "./exit-code.ts";

/**
 * Why the program ends before its work is done: the reason of its signal. `EPIPE`: nothing reads standard output any more;
 * `EIO`: it can't be written.
 */
export type Interrupt = "SIGINT" | "SIGTERM" | "EPIPE" | "EIO";

/** By the convention of shells, 128 and the signal's number. A reader that leaves, such as `head`, has what it wanted. */
const EXIT_CODES: Readonly<Record<Interrupt, number>> = {
  SIGINT: 130,
  SIGTERM: 143,
  EPIPE: 0,
  EIO: EXIT.failed,
};

export function interruptCode({ reason }: AbortSignal): number {
  return Object.hasOwn(EXIT_CODES, String(reason))
    ? EXIT_CODES[reason as Interrupt]
    : EXIT_CODES.SIGINT;
}

/** The command was interrupted. The message is what a person must know then; empty for nothing. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** @throws Interrupted */
export function throwIfInterrupted(signal: AbortSignal): void {
  if (signal.aborted) throw new Interrupted();
}

export function isInterruption(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted && (error instanceof Interrupted || isSynthaError(error, "ABORTED"));
}

/** What a call resolves to. @throws Interrupted at once when the signal aborts, whatever the call still waits for */
export async function untilInterrupted<T>(signal: AbortSignal, call: Promise<T>): Promise<T> {
  const interrupted = Promise.withResolvers<never>();
  const interrupt = (): void => interrupted.reject(new Interrupted());
  if (signal.aborted) interrupt();
  signal.addEventListener("abort", interrupt, { once: true });
  try {
    return await Promise.race([call, interrupted.promise]);
  } finally {
    signal.removeEventListener("abort", interrupt);
  }
}

/** What a call that takes the signal resolves to. @throws Interrupted with the note when it was aborted */
export async function noteInterruption<T>(
  signal: AbortSignal,
  note: string,
  call: Promise<T>,
): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw isInterruption(error, signal) ? new Interrupted(note) : error;
  }
}
