import type { JsonValue } from "@syntha/core";

export interface Line {
  readonly key?: string;
  readonly change?: "new" | "updated" | "gone";
  readonly author?: string | null;
  readonly revision?: number;
  readonly value?: JsonValue;
  readonly event?: string;
  readonly data?: JsonValue;
  readonly omitted?: JsonValue;
  readonly more?: true;
}

const OPENING = /^<(context|context-changes) mark="([\w-]+)"( replaces="all earlier context")?>$/;

/** Reads a block as strictly as it is promised; throws for anything else. */
export function readBlock(text: string): {
  name: string;
  mark: string;
  replacesAll: boolean;
  lines: Line[];
} {
  const [first = "", ...rest] = text.split("\n");
  const [, name = "", mark = "", replaces] = OPENING.exec(first) ?? [];
  if (name === "" || rest.pop() !== `</${name} mark="${mark}">`)
    throw new Error(`This is no block: ${text}`);
  if (text.match(/</g)?.length !== 2) throw new Error(`There is another tag in it: ${text}`);
  return {
    name,
    mark,
    replacesAll: replaces !== undefined,
    lines: rest.map((line) => JSON.parse(line) as Line),
  };
}

/** What a reader holds who has read these blocks one after the other: values by key. */
export function fold(texts: readonly string[]): Map<string, JsonValue | undefined> {
  const held = new Map<string, JsonValue | undefined>();
  for (const text of texts) {
    if (text === "") continue;
    const { name, lines } = readBlock(text);
    if (name === "context") held.clear();
    for (const { key, change, value } of lines) {
      if (key === undefined) continue;
      if (change === "gone") held.delete(key);
      else held.set(key, value);
    }
  }
  return held;
}

/** Keys in the order of the text. */
export function keysOf(text: string): string[] {
  return text === "" ? [] : readBlock(text).lines.flatMap(({ key }) => key ?? []);
}
