import { useMemo } from "preact/hooks";
import type { ItemSummary } from "../../api/index.ts";
import { Empty } from "../parts/empty.tsx";
import { StateMark } from "../parts/icons.tsx";
import { dimmed } from "../parts/item-card.tsx";
import { KeyName } from "../parts/names.tsx";
import { linkTo } from "../state/route.ts";
import { layOutTasks } from "./dependency-layout.ts";

const WIDTH = 220;
const STEP = 300;
const ROW = 44;
const HEIGHT = 28;
const EDGE = 16;

/** What waits for what, from left to right. */
export function DependencyGraph({ tasks }: { tasks: readonly ItemSummary[] }) {
  const { placed, links, columns, rows } = useMemo(() => layOutTasks(tasks), [tasks]);
  if (placed.size === 0)
    return (
      <Empty icon="link" title="No task waits for another">
        Push a task with <code>dependsOn</code>, and it can be claimed once those tasks are done.
      </Empty>
    );
  const width = columns * STEP + EDGE;
  const height = rows * ROW + 2 * EDGE;
  const at = (key: string): { x: number; y: number } => {
    const { column = 0, row = 0 } = placed.get(key) ?? {};
    return { x: EDGE + column * STEP, y: EDGE + row * ROW };
  };
  return (
    <div class="graph-frame">
      <div class="graph" style={{ width: `${width}px`, height: `${height}px` }}>
        <svg class="edges" width={width} height={height} aria-hidden="true">
          {links.map(({ from, to, pending }) => {
            const [start, end] = [at(from), at(to)];
            const [x, y] = [start.x + WIDTH, start.y + HEIGHT / 2];
            const middle = (x + end.x) / 2;
            // Past other tasks it runs below them.
            const sag = end.x - x > STEP ? ROW / 2 + 6 : 0;
            return (
              <path
                key={`${from}\n${to}`}
                class={`edge ${pending ? "edge-pending" : "edge-satisfied"}`}
                d={
                  sag > 0
                    ? `M${x} ${y}C${x + 40} ${y} ${x + 30} ${y + sag} ${x + 80} ${y + sag}H${end.x - 80}C${end.x - 30} ${y + sag} ${end.x - 40} ${end.y + HEIGHT / 2} ${end.x} ${end.y + HEIGHT / 2}`
                    : `M${x} ${y}C${middle} ${y} ${middle} ${end.y + HEIGHT / 2} ${end.x} ${end.y + HEIGHT / 2}`
                }
              />
            );
          })}
        </svg>
        {[...placed.values()].map(({ task }) => (
          <a
            key={task.key}
            class={`node node-item${dimmed(task)}`}
            style={{ left: `${at(task.key).x}px`, top: `${at(task.key).y}px`, width: `${WIDTH}px` }}
            href={linkTo({ item: task.key, tab: undefined })}
            data-nav
            data-key={task.key}
          >
            <StateMark state={task.state} />
            <span class="grow row">
              <KeyName text={task.key} />
            </span>
          </a>
        ))}
      </div>
    </div>
  );
}
