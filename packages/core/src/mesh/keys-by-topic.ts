import type { ItemRow } from "../model/item-row.ts";

/** Keys under each of their topics that is heard (every topic when that is undefined); the rest under "other". */
export function groupByTopic(
  rows: readonly ItemRow[],
  heard: ReadonlySet<string> | undefined,
): Record<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { key, topics } of rows) {
    const names = heard === undefined ? topics : topics.filter((topic) => heard.has(topic));
    for (const name of names.length > 0 ? names : ["other"]) {
      const keys = groups.get(name);
      if (keys === undefined) groups.set(name, [key]);
      else keys.push(key);
    }
  }
  return Object.fromEntries(groups);
}
