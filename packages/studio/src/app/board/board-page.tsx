import { useEffect, useRef } from "preact/hooks";
import { Empty, NoDirectory } from "../parts/empty.tsx";
import { currentFilter, FilterBar } from "../parts/filter-bar.tsx";
import { Icon } from "../parts/icons.tsx";
import { LimitNote } from "../parts/limit-note.tsx";
import { dialog } from "../state/dialog.ts";
import type { TopicSummary } from "../../api/index.ts";
import { agentNamed, hasNoSubscribers, overview, topics } from "../state/directory.ts";
import { mode, viewer } from "../state/route.ts";
import { mayWrite } from "../state/session.ts";
import { OtherItems, TopicColumn } from "./column.tsx";

/** Topics as columns, their items as cards. */
export function BoardPage() {
  const filter = currentFilter();
  const all = topics.value;
  const shown = all?.filter(
    ({ name, items, subscribers }) =>
      (filter.topic === undefined || name === filter.topic) && (items > 0 || subscribers > 0),
  );
  const columns = useRef<HTMLDivElement>(null);
  // The first columns are those of the chosen agent.
  useEffect(() => columns.current?.scrollTo({ left: 0 }), [viewer.value, mode.value]);
  const isEmpty = overview.value?.stats.items === 0 && shown?.length === 0;
  return (
    <div class="page board-page">
      <div class="page-head">
        <h1>Board</h1>
        <FilterBar names={["prefix", "topic", "author", "state"]} />
        <PushButton />
      </div>
      {shown === undefined ? (
        <NoDirectory />
      ) : isEmpty ? (
        <EmptyMesh />
      ) : (
        <div class="columns" ref={columns}>
          {[...shown]
            .sort(
              (left, right) => weight(left) - weight(right) || (left.name < right.name ? -1 : 1),
            )
            .map((topic) => (
              <TopicColumn key={topic.name} topic={topic} filter={filter} />
            ))}
          {filter.topic === undefined && <OtherItems filter={filter} />}
          <LimitNote list={all} of="topics" />
        </div>
      )}
    </div>
  );
}

export function PushButton() {
  if (!mayWrite.value) return null;
  return (
    <button type="button" class="button primary" onClick={() => (dialog.value = { kind: "push" })}>
      <Icon name="plus" /> Push
    </button>
  );
}

export function EmptyMesh() {
  return (
    <Empty
      icon="board"
      title="Nothing is shared here yet"
      command={`syntha push hello '"world"' --global`}
    >
      Items appear as soon as an agent pushes one. Start your agents, or push an item yourself:
    </Empty>
  );
}

/** Subscriptions of the chosen agent, topics with items, topics without items, topics without subscribers. */
function weight(topic: TopicSummary): number {
  const isSubscribed = subscriptions()?.includes(topic.name) === true;
  return (isSubscribed ? 0 : 3) + (hasNoSubscribers(topic) ? 2 : topic.items > 0 ? 0 : 1);
}

function subscriptions(): readonly string[] | undefined {
  return viewer.value === undefined ? undefined : agentNamed(viewer.value)?.subscriptions;
}
