import { SynthaError } from "./syntha-error.ts";

/**
 * Refuses what the compiler does not see in plain JavaScript: a misspelt `limits` would limit nothing.
 * @throws INVALID_ARGUMENTS for an option that there is none of
 */
export function refuseUnknownOptions(options: object, names: readonly string[]): void {
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new SynthaError("INVALID_ARGUMENTS", `There is no option \`${unknown}\`.`, {
    hint: `Options: ${names.join(", ")}.`,
    details: { path: unknown },
  });
}
