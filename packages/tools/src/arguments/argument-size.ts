import { SynthaError } from "@syntha/core";
import type { ArgumentLimits } from "./limits.ts";

export interface ArgumentSize {
  /** Bytes that its text takes. */
  readonly bytes: number;
  /** The first number in it that is not exact, or that JSON has no form for. */
  readonly inexact: number | undefined;
}

/**
 * Refuses an argument that is too large, too deep or too wide, before anything else looks into it. Walks without
 * recursion; a cycle is too deep.
 */
export function measureArguments(argument: unknown, limits: ArgumentLimits): ArgumentSize {
  let [bytes, nodes] = [textBytes(argument), 1];
  let inexact = isInexact(argument) ? argument : undefined;
  let level: object[] = isBranch(argument) ? [argument] : [];
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
        if (isBranch(child)) next.push(child);
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

export function tooComplex(what: string, maximum: number): SynthaError<"TOO_COMPLEX"> {
  return new SynthaError("TOO_COMPLEX", `The arguments have more than ${maximum} ${what}.`, {
    hint: "Split the value over several keys, or share it as one text.",
    details: { what, maximum },
  });
}

/** Bytes of UTF-8; other scalars weigh next to nothing. */
export function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    // A pair of surrogates takes four bytes, two for each of its halves.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return bytes;
}

function textBytes(value: unknown): number {
  return typeof value === "string" ? utf8Bytes(value) : 0;
}

/** NaN, an infinity, or an integer past 2^53, which may have been another one before it was parsed. */
function isInexact(value: unknown): value is number {
  if (typeof value !== "number") return false;
  return Number.isInteger(value) ? !Number.isSafeInteger(value) : !Number.isFinite(value);
}

/** Plain objects and lists; instances of classes are the mesh's to refuse, unopened. */
function isBranch(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null;
}
