import type { HeldLease, ItemHeader, ItemState } from "@syntha/core";
import type { Cli } from "../cli.ts";
import type { PastReaderFlags } from "../commands/flags.ts";
import { openMesh, type OpenMesh, viewOf } from "../mesh/open-mesh.ts";
import { emptyText } from "../mesh/other-tenants.ts";
import { everyPage } from "../mesh/pages.ts";
import { ageOf, span } from "../terminal/age.ts";
import { visible } from "../terminal/escape.ts";
import { type Cell, type Column, table } from "../terminal/table.ts";
import { authorCell, type ViewOptions } from "./items.ts";
import { listText, routeText } from "./route-text.ts";
import { STATES } from "./state-cell.ts";

export interface TasksFlags extends PastReaderFlags {
  readonly topic?: readonly string[] | undefined;
  readonly state?: ItemState | undefined;
}

/** What needs attention comes first. */
const ORDER: readonly ItemState[] = ["failed", "claimed", "open", "done"];

/** `syntha tasks` */
export async function listTasks(this: Cli, flags: TasksFlags, prefix?: string): Promise<void> {
  await using open = await openMesh(this, flags);
  const view = viewOf(open.mesh, flags.as);
  const { topic } = flags;
  const filter = {
    ...(prefix !== undefined && { prefix }),
    ...(topic !== undefined && topic.length > 0 && { topics: topic }),
    limit: 1_000,
    values: false,
  } as const;
  const tasks: ItemHeader[] = [];
  for (const state of flags.state === undefined ? ORDER : [flags.state])
    for await (const page of everyPage(open, (at) => view.list({ ...filter, ...at, state })))
      tasks.push(...page.items);
  const shown = onlyTasks(tasks);
  const leases = view.isSystem ? await leasesOf(open) : new Map<string, HeldLease>();
  if (flags.json)
    return this.out.jsonAll(shown.map((task) => ({ ...task, lease: leases.get(task.key) })));
  const { paint, width } = this.out;
  if (shown.length === 0)
    return this.out.print(
      paint(
        "dim",
        await emptyText(
          open,
          "No tasks. An item is a task once it is claimed, or has a priority, a start or a dependency.",
        ),
      ),
    );
  this.out.print(taskLines(shown, leases, { paint, width, now: open.now }));
}

/** Who holds what, which agents do not learn of each other. */
async function leasesOf(open: OpenMesh): Promise<ReadonlyMap<string, HeldLease>> {
  const leases = new Map<string, HeldLease>();
  for await (const page of everyPage(open, (at) =>
    open.mesh.system.leases({ limit: 1_000, ...at }),
  ))
    for (const lease of page.leases) leases.set(lease.key, lease);
  return leases;
}

/**
 * Every item can be claimed, so not each that is open is a task: those are that were tried, have settings of tasks, or are
 * on a topic from which agents took others.
 */
export function onlyTasks(items: readonly ItemHeader[]): readonly ItemHeader[] {
  const isUsed = (item: ItemHeader): boolean =>
    item.state !== "open" ||
    item.attempts > 0 ||
    item.priority !== 0 ||
    item.notBefore !== undefined ||
    item.dependsOn.length > 0 ||
    item.lastFailure !== undefined;
  const topics = new Set(items.filter(isUsed).flatMap((item) => item.topics));
  return items.filter((item) => isUsed(item) || item.topics.some((topic) => topics.has(topic)));
}

const COLUMNS: readonly Column[] = [
  { title: "TASK", min: 12 },
  { title: "FOR", min: 9 },
  { title: "HELD BY", min: 8 },
  { title: "LEFT", align: "right" },
  { title: "AGE", align: "right" },
  { title: "TRIED", align: "right" },
  { title: "NOTE", min: 20 },
];

/** Tasks by state, those first that need attention. */
export function taskLines(
  tasks: readonly ItemHeader[],
  leases: ReadonlyMap<string, HeldLease>,
  view: ViewOptions,
): readonly string[] {
  const { paint } = view;
  return ORDER.flatMap((state) => {
    const group = tasks.filter((task) => task.state === state);
    if (group.length === 0) return [];
    const { symbol, style } = STATES[state];
    const rows = group.map((task): readonly Cell[] => [
      [visible(task.key), "bold"],
      routeText(task),
      ...leaseCells(leases.get(task.key), view.now),
      ageOf(task.createdAt, view.now),
      task.attempts === 0 ? "" : `${task.attempts}×`,
      noteOf(task, view.now),
    ]);
    const lines = table(COLUMNS, rows, { ...view, width: view.width - 2 });
    return [
      paint([style, "bold"], `${symbol} ${state} (${group.length})`),
      ...lines.map((line) => `  ${line}`),
      "",
    ];
  }).slice(0, -1);
}

function leaseCells(lease: HeldLease | undefined, now: number): readonly [Cell, Cell] {
  if (lease === undefined) return ["", ""];
  return [authorCell(lease.agent), span(lease.until.getTime() - now)];
}

/** What holds a task up, or why it failed. */
function noteOf(task: ItemHeader, now: number): string {
  const waits = listText(task.pendingDependencies.map(visible), 5);
  const start =
    task.notBefore !== undefined && task.notBefore.getTime() > now ? task.notBefore : undefined;
  return [
    task.priority === 0 ? "" : `priority ${task.priority}`,
    waits === "" ? "" : `waits for ${waits}`,
    start === undefined ? "" : `starts in ${span(start.getTime() - now)}`,
    task.lastFailure === undefined ? "" : `failed: ${visible(task.lastFailure.message)}`,
  ]
    .filter((part) => part !== "")
    .join("; ");
}
