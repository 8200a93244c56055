import type { ItemState } from "@syntha/core";
import { useMemo } from "preact/hooks";
import { retry } from "../actions/actions.ts";
import type { ItemSummary } from "../../api/index.ts";
import { Ago, Left } from "../parts/ago.tsx";
import { Icon, StateMark } from "../parts/icons.tsx";
import { dimmed, Preview } from "../parts/item-card.tsx";
import { Agent, KeyName } from "../parts/names.tsx";
import { VirtualList } from "../parts/virtual-list.tsx";
import { now } from "../state/clock.ts";
import { dialog } from "../state/dialog.ts";
import { linkTo, openItem } from "../state/route.ts";
import { mayWrite } from "../state/session.ts";
import { count, shortDuration } from "../text/units.ts";
import { startOf, visibleText } from "../../text/visible-text.ts";

const CARD = 108;
const EMPTY: Readonly<Record<ItemState, string>> = {
  open: "Nothing waits to be done.",
  claimed: "No agent is at work.",
  done: "Nothing is done yet.",
  failed: "Nothing has failed.",
};

export function TaskColumn({
  state,
  tasks,
  more,
}: {
  state: ItemState;
  tasks: readonly ItemSummary[];
  more: boolean;
}) {
  const sorted = useMemo(() => [...tasks].sort(ORDERS[state]), [tasks, state]);
  return (
    <section class={`column column-${state}`} aria-label={`${state} tasks`} data-column>
      <header class="column-head">
        <StateMark state={state} />
        <h2 class="grow">{state}</h2>
        <span class="quiet number">
          {count(tasks.length)}
          {more && "+"}
        </span>
      </header>
      <VirtualList
        items={sorted}
        rowHeight={CARD}
        label={`${state} tasks`}
        keyOf={({ key }) => key}
        row={(task) => <TaskCard task={task} />}
        class="cards"
        empty={<p class="column-empty quiet">{EMPTY[state]}</p>}
      />
    </section>
  );
}

type Order = (left: ItemSummary, right: ItemSummary) => number;

const newest: Order = (left, right) => (left.updatedAt < right.updatedAt ? 1 : -1);
/** Open tasks in the order in which they are claimed, claimed ones by the end of their lease, others the latest first. */
const ORDERS: Readonly<Record<ItemState, Order>> = {
  open: (left, right) =>
    right.priority - left.priority || (left.createdAt < right.createdAt ? -1 : 1),
  claimed: (left, right) => ((left.lease?.until ?? "") < (right.lease?.until ?? "") ? -1 : 1),
  done: newest,
  failed: newest,
};

function TaskCard({ task }: { task: ItemSummary }) {
  const isOpen = openItem.value === task.key;
  return (
    <div class={`card task-card${dimmed(task)}${isOpen ? " selected" : ""}`}>
      <a
        class="card-link"
        href={linkTo({ item: task.key, tab: undefined })}
        data-nav
        data-key={task.key}
        aria-current={isOpen ? "true" : undefined}
      >
        <span class="card-head">
          <StateMark state={task.state} />
          <span class="grow row">
            <KeyName text={task.key} />
          </span>
          {task.priority !== 0 && (
            <span class="chip number" title="priority">
              P {task.priority > 0 ? "+" : "−"}
              {Math.abs(task.priority)}
            </span>
          )}
        </span>
        <Preview item={task} />
      </a>
      <span class="card-foot quiet">
        <Middle task={task} />
        {task.attempts > 1 && (
          <span class="number" title={`${task.attempts} attempts`}>
            ×{task.attempts}
          </span>
        )}
        <CardEnd task={task} />
      </span>
    </div>
  );
}

/** What a person can do with it, or when it was written. */
function CardEnd({ task: { key, state, lease, updatedAt } }: { task: ItemSummary }) {
  if (mayWrite.value && state === "failed")
    return (
      <button type="button" class="button small" onClick={() => void retry(key)}>
        Retry
      </button>
    );
  if (mayWrite.value && state === "claimed")
    return (
      <button
        type="button"
        class="button small"
        onClick={() => (dialog.value = { kind: "release", key, agent: lease?.agent })}
      >
        Release
      </button>
    );
  return <Ago time={updatedAt} />;
}

/** What matters most in its state. */
function Middle({ task }: { task: ItemSummary }) {
  const { state, lease, lastFailure, pendingDependencies, notBefore } = task;
  if (state === "claimed")
    return (
      <span class="card-line">
        <span class="grow row">
          <Agent name={lease?.agent} />
        </span>
        {lease?.until !== undefined && <LeaseBar until={lease.until} />}
      </span>
    );
  if (lastFailure !== undefined && state !== "done")
    return (
      <span
        class="card-line failure-text"
        title={visibleText(startOf(lastFailure.message, 500).text)}
      >
        <Icon name="warning" size={14} />
        <span class="cut">{visibleText(startOf(lastFailure.message, 200).text)}</span>
      </span>
    );
  if (pendingDependencies.length > 0)
    return (
      <span class="card-line quiet">
        <Icon name="link" size={14} />
        <span class="row grow">
          waits for <KeyName text={pendingDependencies[0] ?? ""} />
          {pendingDependencies.length > 1 && ` +${pendingDependencies.length - 1}`}
        </span>
      </span>
    );
  if (notBefore !== undefined && Date.parse(notBefore) > now())
    return (
      <span class="card-line quiet">
        <Icon name="timeline" size={14} />
        starts in <Left time={notBefore} over="now" />
      </span>
    );
  return (
    <span class="card-line quiet">
      <span class="grow row">
        <Agent name={task.author} />
      </span>
    </span>
  );
}

/** How much of the lease is left, at most a minute of it drawn as a bar. */
function LeaseBar({ until }: { until: string }) {
  const left = Date.parse(until) - now();
  const share = Math.max(0, Math.min(1, left / 60_000));
  return (
    <span class="lease" title={`The lease ends at ${until}`}>
      <span class="lease-bar" aria-hidden="true">
        <span style={{ transform: `scaleX(${share})` }} class={share < 0.2 ? "short" : ""} />
      </span>
      <span class="number">{left <= 0 ? "over" : shortDuration(left)}</span>
    </span>
  );
}
