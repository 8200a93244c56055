import type { ItemSummary } from "../../api/index.ts";

interface PlacedTask {
  readonly task: ItemSummary;
  readonly column: number;
  readonly row: number;
}

export interface DependencyLayout {
  readonly placed: ReadonlyMap<string, PlacedTask>;
  readonly links: readonly {
    readonly from: string;
    readonly to: string;
    readonly pending: boolean;
  }[];
  readonly columns: number;
  readonly rows: number;
}

/** Tasks with dependencies, each right of all that it waits for. Those without any are left out. */
export function layOutTasks(tasks: readonly ItemSummary[]): DependencyLayout {
  const byKey = new Map(tasks.map((task) => [task.key, task]));
  const links = [...byKey.values()].flatMap((task) =>
    task.dependsOn
      .filter((key) => byKey.has(key) && key !== task.key)
      .map((key) => ({ from: key, to: task.key, pending: task.pendingDependencies.includes(key) })),
  );
  const linked = new Set(links.flatMap(({ from, to }) => [from, to]));
  const depths = depthsOf(links, linked);
  const rows: number[] = [];
  const placed = new Map<string, PlacedTask>();
  const keys = [...linked].sort(
    (left, right) => (depths.get(left) ?? 0) - (depths.get(right) ?? 0),
  );
  for (const key of keys) {
    const task = byKey.get(key);
    if (task === undefined) continue;
    const column = depths.get(key) ?? 0;
    // Beside the first thing it waits for, or below what is there.
    const wanted = Math.min(
      ...links.filter(({ to }) => to === key).map(({ from }) => placed.get(from)?.row ?? 0),
      Number.MAX_SAFE_INTEGER,
    );
    const row = Math.max(rows[column] ?? 0, wanted === Number.MAX_SAFE_INTEGER ? 0 : wanted);
    rows[column] = row + 1;
    placed.set(key, { task, column, row });
  }
  return { placed, links, columns: rows.length, rows: Math.max(0, ...rows.map((row) => row ?? 0)) };
}

/** The longest way to each task. Dependencies form no cycle: they are fixed when an item is created. */
function depthsOf(
  links: DependencyLayout["links"],
  keys: ReadonlySet<string>,
): ReadonlyMap<string, number> {
  const depths = new Map([...keys].map((key) => [key, 0]));
  // A damaged mesh may hold a cycle all the same: each round moves at least one task, or ends.
  for (let round = 0; round < keys.size; round++) {
    let isMoved = false;
    for (const { from, to } of links) {
      const depth = (depths.get(from) ?? 0) + 1;
      if (depth <= (depths.get(to) ?? 0)) continue;
      depths.set(to, depth);
      isMoved = true;
    }
    if (!isMoved) break;
  }
  return depths;
}
