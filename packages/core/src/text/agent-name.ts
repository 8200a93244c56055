import { SynthaError } from "../error/syntha-error.ts";
import { checkName } from "./name.ts";

/** The name of the system in what models and people read. */
const RESERVED = "system";

/** Letters of other scripts that look like those of the reserved name, in lower case. */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  ѕ: "s",
  у: "y",
  ү: "y",
  υ: "y",
  т: "t",
  τ: "t",
  е: "e",
  ε: "e",
  м: "m",
  μ: "m",
};

const PRINTABLE_ASCII = /^[ -~]+$/;

/**
 * Checks the name of an agent.
 * @param hint what to do instead of using the reserved name
 * @throws INVALID_ARGUMENTS, also for the reserved name; INVALID_TEXT; TOO_LARGE.
 */
export function checkAgentName(
  name: unknown,
  hint = "Choose another name for the agent; the system itself acts by mesh.system.",
): asserts name is string {
  checkName("agent name", name);
  refuseReservedName(name, hint);
}

/** @throws INVALID_ARGUMENTS */
export function refuseReservedName(name: string, hint: string): void {
  if (!isReservedName(name)) return;
  throw new SynthaError(
    "INVALID_ARGUMENTS",
    `The agent name ${JSON.stringify(name)} is reserved.`,
    {
      hint,
      details: { path: "agent name" },
    },
  );
}

/**
 * Whether people or models could mistake a name for the system's: its letters and digits spell "system" in any case, with
 * accents, in compatibility forms, or in letters that look the same.
 */
export function isReservedName(name: string): boolean {
  if (PRINTABLE_ASCII.test(name)) {
    if (name.length < RESERVED.length) return false;
    // Most names have no `s` or no `m`.
    const lower = name.toLowerCase();
    if (!lower.includes("s") || !lower.includes("m")) return false;
    return lower.replace(/[^a-z0-9]/g, "") === RESERVED;
  }
  const letters =
    name
      .normalize("NFKD")
      .toLowerCase()
      .match(/[\p{L}\p{N}]/gu) ?? [];
  return (
    letters.length === RESERVED.length &&
    letters.map((letter) => LOOK_ALIKES[letter] ?? letter).join("") === RESERVED
  );
}
