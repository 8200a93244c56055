import { SynthaError } from "@syntha/core";

/** @throws INVALID_ARGUMENTS for what is no object, or an option that there is not: a misspelled one would do nothing. */
export function checkNames(what: string, options: unknown, names: readonly string[]): void {
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw wrong(
      what,
      `${what === "" ? "What was given" : `\`${what}\``} is no object of options.`,
      `Options: ${names.join(", ")}.`,
    );
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const [unknown] = given.map(([name]) => name).filter((name) => !names.includes(name));
  if (unknown === undefined) return;
  const path = what === "" ? unknown : `${what}.${unknown}`;
  throw wrong(path, `There is no option \`${path}\`.`, `Options: ${names.join(", ")}.`);
}

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
