import { SynthaError } from "../error/syntha-error.ts";

/** @throws INVALID_ARGUMENTS for anything but a signal, such as an AbortController, which could not end the call */
export function checkSignal(signal: unknown): void {
  if (signal === undefined) return;
  const isSignal =
    typeof signal === "object" &&
    signal !== null &&
    typeof (signal as AbortSignal).aborted === "boolean" &&
    typeof (signal as AbortSignal).addEventListener === "function";
  if (!isSignal) throw wrongKind("signal", "an AbortSignal", "Pass `controller.signal`.");
}

/** @throws INVALID_ARGUMENTS */
export function checkFlag(path: string, flag: unknown): void {
  if (flag === undefined || typeof flag === "boolean") return;
  throw wrongKind(path, "true or false", "Leave it out for its default.");
}

/** @throws INVALID_ARGUMENTS unless it is a function, or undefined */
export function checkCallback(path: string, callback: unknown): void {
  if (callback !== undefined) checkFunction(path, callback);
}

/** @throws INVALID_ARGUMENTS */
export function checkFunction(path: string, value: unknown): void {
  if (typeof value === "function") return;
  throw wrongKind(path, "a function", "Pass the function itself, not what it returns.");
}

/** @throws INVALID_ARGUMENTS unless it is an object of values by name */
export function checkRecord(path: string, value: unknown, hint: string): void {
  if (typeof value === "object" && value !== null && !(Symbol.iterator in value)) return;
  throw wrongKind(path, "an object", hint);
}

function wrongKind(path: string, kind: string, hint: string): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", `\`${path}\` must be ${kind}.`, {
    hint,
    details: { path },
  });
}
