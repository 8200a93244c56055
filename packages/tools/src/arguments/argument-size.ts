import { SynthaError } from "@syntha/core";

/** Limits of one call's arguments, checked before anything else. */
export interface ArgumentLimits {
  /**
   * Bytes of UTF-8 of all arguments. The default fits a value of 256 KiB that is escaped as JSON within JSON.
   * @default 1_048_576
   */
  bytes: number;
  /**
   * Levels of nesting of one argument.
   * @default 32
   */
  depth: number;
  /**
   * Objects, arrays and the values within them, in one argument.
   * @default 10_000
   */
  nodes: number;
}

export const DEFAULT_ARGUMENT_LIMITS: ArgumentLimits = {
  bytes: 1_048_576,
  depth: 32,
  nodes: 10_000,
};

/** Bytes of UTF-8 that one unit of a text takes at most. */
const MAX_UNIT_BYTES = 3;

export interface ArgumentSize {
  /** Bytes of its text. */
  readonly bytes: number;
  /** The first number in it that is not exact, or that JSON cannot represent. */
  readonly inexact: number | undefined;
}

/**
 * Measures an argument before other code reads it. Does not recurse; a cycle is too deep.
 * @throws TOO_LARGE, TOO_COMPLEX
 */
export function measureArguments(argument: unknown, limits: ArgumentLimits): ArgumentSize {
  let bytes = textBytes(argument);
  let nodes = 1;
  let inexact = isInexact(argument) ? argument : undefined;
  let level: object[] = isContainer(argument) ? [argument] : [];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > limits.depth) throw tooComplex("levels of nesting", limits.depth);
    const next: object[] = [];
    for (const branch of level) {
      const names = Array.isArray(branch) ? undefined : Object.keys(branch);
      nodes += names?.length ?? (branch as unknown[]).length;
      if (nodes > limits.nodes) throw tooComplex("parts", limits.nodes);
      for (const name of names ?? []) bytes += name.length;
      const children: unknown[] = names
        ? names.map((name) => (branch as Record<string, unknown>)[name])
        : (branch as unknown[]);
      for (const child of children) {
        bytes += textBytes(child);
        if (inexact === undefined && isInexact(child)) inexact = child;
        if (isContainer(child)) next.push(child);
      }
      checkBytes(bytes, limits.bytes);
    }
    level = next;
  }
  checkBytes(bytes, limits.bytes);
  return { bytes, inexact };
}

export function checkBytes(size: number, maximum: number): void {
  if (size <= maximum) return;
  throw new SynthaError(
    "TOO_LARGE",
    `The arguments take at least ${size} bytes; at most ${maximum} are allowed.`,
    {
      hint: "Split the value over several keys, or share a reference to where it is stored.",
      details: { what: "arguments", size, maximum },
    },
  );
}

/** Counts the bytes only if the length alone does not decide. */
export function checkTextBytes(text: string, maximum: number): void {
  if (text.length * MAX_UNIT_BYTES > maximum)
    checkBytes(text.length > maximum ? text.length : utf8Bytes(text), maximum);
}

export function tooComplex(what: string, maximum: number): SynthaError<"TOO_COMPLEX"> {
  return new SynthaError("TOO_COMPLEX", `The arguments have more than ${maximum} ${what}.`, {
    hint: "Split the value over several keys, or share it as one text.",
    details: { what, maximum },
  });
}

/** The length of a text in UTF-8. */
export function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    // A surrogate pair takes four bytes: two for each half.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return bytes;
}

function textBytes(value: unknown): number {
  return typeof value === "string" ? utf8Bytes(value) : 0;
}

/** NaN, an infinity, or an integer past 2^53, which parsing may have rounded. */
function isInexact(value: unknown): value is number {
  if (typeof value !== "number") return false;
  return Number.isInteger(value) ? !Number.isSafeInteger(value) : !Number.isFinite(value);
}

/** Plain objects and lists. Instances of classes are refused by the mesh, which does not look into them. */
function isContainer(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null;
}
