import type { JsonValue } from "@syntha/core";

export interface Line {
  readonly key?: string;
  readonly change?: "new" | "updated" | "removed";
  readonly author?: string | null;
  readonly revision?: number;
  readonly value?: JsonValue;
  readonly event?: string;
  readonly data?: JsonValue;
  readonly omitted?: JsonValue;
  readonly more?: true;
}

const OPENING = /^<(context|context-changes) mark="([\w-]+)"( replaces="all earlier context")?>$/;

/** Parses a block strictly; throws for anything that the format does not allow. */
export function readBlock(text: string): {
  name: string;
  mark: string;
  replacesAll: boolean;
  lines: Line[];
} {
  const [first = "", ...rest] = text.split("\n");
  const [, name = "", mark = "", replaces] = OPENING.exec(first) ?? [];
  if (name === "" || rest.pop() !== `</${name} mark="${mark}">`)
    throw new Error(`Not a block: ${text}`);
  if (text.match(/</g)?.length !== 2) throw new Error(`The block contains another tag: ${text}`);
  return {
    name,
    mark,
    replacesAll: replaces !== undefined,
    lines: rest.map((line) => JSON.parse(line) as Line),
  };
}

/** The values by key that these blocks, read in order, leave. */
export function applyBlocks(texts: readonly string[]): Map<string, JsonValue | undefined> {
  const values = new Map<string, JsonValue | undefined>();
  for (const text of texts) {
    if (text === "") continue;
    const { name, lines } = readBlock(text);
    if (name === "context") values.clear();
    for (const { key, change, value: current } of lines) {
      if (key === undefined) continue;
      if (change === "removed") values.delete(key);
      else values.set(key, current);
    }
  }
  return values;
}

/** Keys in the order of the text. */
export function keysOf(text: string): string[] {
  return text === "" ? [] : readBlock(text).lines.flatMap(({ key }) => key ?? []);
}
