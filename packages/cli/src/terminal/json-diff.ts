import { toSafeJson, visible } from "./escape.ts";
import type { Paint } from "./paint.ts";
import { changePreviews } from "./change-preview.ts";
import { preview } from "./json-view.ts";
import { truncate } from "./width.ts";

/** A difference of two JSON values at a path within them. */
export type Difference =
  | { readonly kind: "added"; readonly path: string; readonly after: unknown }
  | { readonly kind: "removed"; readonly path: string; readonly before: unknown }
  | {
      readonly kind: "changed";
      readonly path: string;
      readonly before: unknown;
      readonly after: unknown;
    };

/** How a value became another one: members by name, elements of lists by place. */
export function diffJson(before: unknown, after: unknown, path = ""): Difference[] {
  if (Array.isArray(before) && Array.isArray(after)) return diffLists(before, after, path);
  if (isObject(before) && isObject(after)) return diffObjects(before, after, path);
  if (toSafeJson(before) === toSafeJson(after)) return [];
  return [{ kind: "changed", path, before, after }];
}

type JsonObject = Readonly<Record<string, unknown>>;

function diffObjects(before: JsonObject, after: JsonObject, path: string): Difference[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name): Difference[] => {
    const at = memberPath(path, name);
    if (!Object.hasOwn(after, name)) return [{ kind: "removed", path: at, before: before[name] }];
    if (!Object.hasOwn(before, name)) return [{ kind: "added", path: at, after: after[name] }];
    return diffJson(before[name], after[name], at);
  });
}

/** Leaves out what both lists begin and end with, so that an inserted element is one difference. */
function diffLists(
  before: readonly unknown[],
  after: readonly unknown[],
  path: string,
): Difference[] {
  const [old, new_] = [
    before.map((each) => toSafeJson(each)),
    after.map((each) => toSafeJson(each)),
  ];
  const least = Math.min(old.length, new_.length);
  let start = 0;
  while (start < least && old[start] === new_[start]) start++;
  let end = 0;
  while (end < least - start && old.at(-1 - end) === new_.at(-1 - end)) end++;
  const [oldEnd, newEnd] = [old.length - end, new_.length - end];
  const differences: Difference[] = [];
  for (let at = start; at < Math.max(oldEnd, newEnd); at++) {
    const here = `${path}[${at}]`;
    if (at >= newEnd) differences.push({ kind: "removed", path: here, before: before[at] });
    else if (at >= oldEnd) differences.push({ kind: "added", path: here, after: after[at] });
    else differences.push(...diffJson(before[at], after[at], here));
  }
  return differences;
}

function memberPath(path: string, name: string): string {
  const plain = /^[\p{L}_][\p{L}\d_-]*$/u.test(name);
  if (!plain) return `${path}[${toSafeJson(name)}]`;
  return path === "" ? name : `${path}.${name}`;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Differences of one write that are shown. */
const MAX_LINES = 40;

/** Lines of differences, such as `~ tier: "basic" → "gold"`. */
export function diffLines(
  differences: readonly Difference[],
  { width, paint }: { readonly width: number; readonly paint: Paint },
): readonly string[] {
  const lines = differences.slice(0, MAX_LINES).map((difference) => {
    const path = truncate(visible(difference.path), width);
    const name = path === "" ? "" : `${path}: `;
    const room = Math.max(12, width - name.length - 2);
    switch (difference.kind) {
      case "added":
        return paint("green", `+ ${name}${preview(difference.after, room)}`);
      case "removed":
        return paint("red", `- ${name}${preview(difference.before, room)}`);
      case "changed": {
        const half = Math.max(6, Math.floor((room - 3) / 2));
        const [before, after] = changePreviews(difference.before, difference.after, half);
        return `${paint("yellow", "~")} ${name}${paint("red", before)} → ${paint("green", after)}`;
      }
    }
  });
  const more = differences.length - MAX_LINES;
  return more > 0 ? [...lines, paint("dim", `  … ${more} more`)] : lines;
}
