import { SynthaError } from "@syntha/core";

export function invalidOption(path: string, message: string, hint: string): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", message, { hint, details: { path } });
}

/** @throws INVALID_ARGUMENTS */
export function checkInteger(path: string, value: unknown, minimum: number, maximum = 1e9): void {
  const isValid =
    Number.isSafeInteger(value) && (value as number) >= minimum && (value as number) <= maximum;
  if (isValid) return;
  const message = `\`${path}\` must be an integer from ${minimum} to ${maximum}, not ${String(value)}.`;
  throw invalidOption(path, message, `Pass an integer from ${minimum} to ${maximum}.`);
}

/** @throws INVALID_ARGUMENTS */
export function checkListener(listener: unknown): void {
  if (typeof listener === "function") return;
  throw invalidOption(
    "onStateChange",
    "`onStateChange` must be a function.",
    "Pass a function that takes a change: ({ from, to }) => console.log(from, to).",
  );
}
