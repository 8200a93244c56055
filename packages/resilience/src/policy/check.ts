import { SynthaError } from "@syntha/core";

/** @throws INVALID_ARGUMENTS for what is no whole number in the range. */
export function checkWhole(path: string, value: unknown, least: number, most = 1e9): void {
  if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most)
    return;
  const message = `\`${path}\` is no whole number that can be used: ${String(value)}.`;
  throw wrong(path, message, `Give one from ${least} to ${most}.`);
}

/** @throws INVALID_ARGUMENTS for what is no function: it would never hear of anything. */
export function checkListener(listener: unknown): void {
  if (typeof listener === "function") return;
  throw wrong(
    "onStateChange",
    "`onStateChange` is no function.",
    "Give one that takes a change: ({ from, to }) => console.log(from, to).",
  );
}

export function wrong(path: string, message: string, hint: string): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", message, { hint, details: { path } });
}
