import { useState } from "preact/hooks";
import { retryAll } from "../actions/actions.ts";
import { Empty, Failed, Loading } from "../parts/empty.tsx";
import { FilterBar, STATES } from "../parts/filter-bar.tsx";
import { Tabs } from "../parts/tabs.tsx";
import { read } from "../state/request.ts";
import { useResource } from "../state/resource.ts";
import { at, mode, place, tenant, viewer } from "../state/route.ts";
import { mayWrite } from "../state/session.ts";
import type { ItemSummary, TaskBoard } from "../../api/index.ts";
import { DependencyGraph } from "./dependency-graph.tsx";
import { TaskColumn } from "./task-column.tsx";

/** Items as work, by state. */
export function TasksPage() {
  const [shape, setShape] = useState<"board" | "dependencies">("board");
  const query = {
    topic: place.value.topic,
    tenant: tenant.value,
    as: viewer.value,
    at: at.value,
    limit: 100,
  };
  const { data, error, reload } = useResource(
    JSON.stringify(query),
    (signal) => read("api/tasks", query, signal),
    ({ type }) => type !== "event",
  );
  const isOwn = viewer.value !== undefined && mode.value === "own";
  const columns = data === undefined ? undefined : shownColumns(data, isOwn);
  const total =
    columns === undefined ? 0 : STATES.reduce((sum, state) => sum + columns[state].length, 0);
  return (
    <div class="page tasks-page">
      <div class="page-head">
        <h1>Tasks</h1>
        <FilterBar names={["topic"]} />
        <Tabs
          kind="segments"
          label="Shape"
          current={shape}
          tabs={[
            { id: "board", label: "by state" },
            { id: "dependencies", label: "dependencies" },
          ]}
          onChoose={setShape}
        />
        {mayWrite.value && (columns?.failed.length ?? 0) > 0 && (
          <button type="button" class="button" onClick={() => void retryAll()}>
            Retry all failed
          </button>
        )}
      </div>
      {data === undefined || columns === undefined ? (
        error === undefined ? (
          <Loading />
        ) : (
          <Failed error={error} retry={reload} />
        )
      ) : total === 0 ? (
        <Empty
          icon="tasks"
          title="No tasks"
          command='syntha push task:1 &apos;{"do":"…"}&apos; --topic work'
        >
          An item becomes a task once an agent claims it, or it is pushed with a priority, a start
          or dependencies.
        </Empty>
      ) : shape === "board" ? (
        <div class="columns kanban">
          {STATES.map((state) => (
            <TaskColumn
              key={state}
              state={state}
              tasks={columns[state]}
              more={data.columns[state]?.nextPage !== undefined}
            />
          ))}
        </div>
      ) : (
        <DependencyGraph
          tasks={[...STATES.flatMap((state) => columns[state]), ...data.dependencies]}
        />
      )}
    </div>
  );
}

type Columns = Readonly<Record<(typeof STATES)[number], readonly ItemSummary[]>>;

function shownColumns(board: TaskBoard, isOwn: boolean): Columns {
  const of = (state: (typeof STATES)[number]): readonly ItemSummary[] =>
    (board.columns[state]?.items ?? []).filter(({ visible }) => !isOwn || visible !== false);
  return { open: of("open"), claimed: of("claimed"), done: of("done"), failed: of("failed") };
}
