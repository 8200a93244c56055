import { SynthaError } from "../error/syntha-error.ts";
import { withArticle } from "../text/describe.ts";
import type { ValueLimits } from "./limits.ts";

/** A value on the path into the root value. The path becomes text only for an error. */
interface Step {
  value: object;
  depth: number;
  key: string | number;
  parent: Step | undefined;
}

/**
 * Rejects what JSON cannot represent, rather than changing it. Not recursive, so that no depth overflows the stack.
 * Undefined properties pass (JSON leaves them out); undefined elements and holes do not (JSON would make them null).
 * @throws INVALID_VALUE with the path; TOO_COMPLEX past the depth or node limit.
 */
export function checkValue(root: unknown, limits: ValueLimits): void {
  if (isScalar(root)) return;
  checkObject(root, undefined, "");
  let nodes = 1;
  const stack: Step[] = [{ value: root as object, depth: 1, key: "", parent: undefined }];
  for (let step = stack.pop(); step; step = stack.pop()) {
    if (step.depth > limits.depth) throw tooComplex("levels of nesting", limits.depth);
    const { value } = step;
    if (Array.isArray(value)) {
      nodes += value.length;
      if (nodes > limits.nodes) throw tooComplex("nodes", limits.nodes);
      for (let i = 0; i < value.length; i++) visit(value[i], i, step, stack, true);
      continue;
    }
    const keys = Object.keys(value);
    nodes += keys.length;
    if (nodes > limits.nodes) throw tooComplex("nodes", limits.nodes);
    for (const key of keys) visit((value as Record<string, unknown>)[key], key, step, stack, false);
  }
}

function visit(
  child: unknown,
  key: string | number,
  parent: Step,
  stack: Step[],
  inArray: boolean,
): void {
  if (isScalar(child)) return;
  if (child === undefined && !inArray) return;
  checkObject(child, parent, key);
  for (let step: Step | undefined = parent; step; step = step.parent) {
    if (step.value === child) throw invalid("a cycle", parent, key);
  }
  stack.push({ value: child as object, depth: parent.depth + 1, key, parent });
}

function isScalar(value: unknown): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value);
    default:
      return value === null;
  }
}

/** @throws INVALID_VALUE for anything but a plain object or array */
function checkObject(value: unknown, parent: Step | undefined, key: string | number): void {
  if (typeof value !== "object" || value === null) throw invalid(describe(value), parent, key);
  if (Array.isArray(value)) return;
  const prototype: unknown = Object.getPrototypeOf(value);
  // A plain object of another realm has another prototype, which has no prototype.
  if (
    prototype !== null &&
    prototype !== Object.prototype &&
    Object.getPrototypeOf(prototype) !== null
  ) {
    throw invalid(describe(value), parent, key);
  }
  if (Object.getOwnPropertySymbols(value).length > 0)
    throw invalid("an object with symbol keys", parent, key);
}

function describe(value: unknown): string {
  if (value === undefined) return "undefined";
  if (typeof value === "number") return String(value);
  if (typeof value !== "object" || value === null) return withArticle(typeof value);
  const name = (value.constructor as { name?: unknown } | undefined)?.name;
  return typeof name === "string" && name !== ""
    ? `an instance of ${name}`
    : "an instance of a class";
}

function invalid(what: string, parent: Step | undefined, key: string | number): SynthaError {
  const path = pathOf(parent, key);
  return new SynthaError("INVALID_VALUE", `JSON cannot represent ${what} (at ${path}).`, {
    hint: "Hand over plain objects, arrays, strings, finite numbers, booleans and null; write dates and long numbers as text.",
    details: { path },
  });
}

function pathOf(parent: Step | undefined, key: string | number): string {
  let path = parent ? segment(key) : "";
  for (let step = parent; step?.parent; step = step.parent) path = segment(step.key) + path;
  return `$${path}`;
}

function segment(key: string | number): string {
  if (typeof key === "number") return `[${key}]`;
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function tooComplex(what: string, maximum: number): SynthaError {
  return new SynthaError("TOO_COMPLEX", `This value has more than ${maximum} ${what}.`, {
    hint: "Split it into several values, or store it as one text: JSON.stringify(value).",
    details: { what, maximum },
  });
}
