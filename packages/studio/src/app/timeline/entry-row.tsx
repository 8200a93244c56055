import type { TimelineEntry, TimelineEntryType } from "../../api/index.ts";
import { Agent, AgentChip, KeyName, TopicChip } from "../parts/names.tsx";
import { at, linkTo } from "../state/route.ts";
import { clockTime, fullTime } from "../text/units.ts";
import { startOf, visibleText } from "../../text/visible-text.ts";

const VERBS: Readonly<Record<TimelineEntryType, string>> = {
  put: "put",
  delete: "delete",
  expire: "expire",
  lease: "lease",
  event: "event",
  subscribe: "subscribe",
  unsubscribe: "unsubscribe",
  setPermissions: "permissions",
  announce: "announce",
  topicDeleted: "topic deleted",
  corrupt: "damaged",
};

/** One change of the log. */
export function EntryRow({ entry, isNew }: { entry: TimelineEntry; isNew: boolean }) {
  const { position, type, key } = entry;
  const time = Date.parse(entry.at);
  const moment = at.value;
  const classes = [
    "entry",
    isNew ? "changed" : "",
    entry.visible === false ? "dimmed" : "",
    moment !== undefined && position > moment && entry.visible !== false ? "dimmed" : "",
    moment === position ? "selected" : "",
  ];
  return (
    <div class={classes.filter((each) => each !== "").join(" ")}>
      <a
        class="entry-position mono number"
        href={linkTo({ at: position })}
        title="The mesh at this position"
        data-nav={key === undefined ? true : undefined}
      >
        #{position}
      </a>
      <time class="quiet number entry-time" dateTime={entry.at} title={fullTime(time)}>
        {clockTime(time)}
      </time>
      <span class="entry-actor">
        <Agent name={entry.actor} />
      </span>
      <span
        class={`entry-type type-${type} ${type === "put" && entry.state !== "open" ? `state-${entry.state ?? ""}` : ""}`}
      >
        {verbOf(entry)}
      </span>
      <span class="entry-what row">
        <What entry={entry} />
      </span>
    </div>
  );
}

function verbOf({ type, state }: TimelineEntry): string {
  if (type === "lease") return state === "claimed" ? "claim" : "release";
  if (type === "put" && state !== undefined && state !== "open") return state;
  return VERBS[type];
}

function What({ entry }: { entry: TimelineEntry }) {
  const { key, topics = [], subscribers = [], global, event, agent, topic } = entry;
  if (key !== undefined)
    return (
      <>
        <a class="link row entry-key" href={linkTo({ item: key })} data-nav data-key={key}>
          <KeyName text={key} />
        </a>
        <Route topics={topics} subscribers={subscribers} global={global === true} />
      </>
    );
  if (event !== undefined)
    return (
      <>
        <span class="mono cut">{visibleText(startOf(event.type, 120).text)}</span>
        <Route topics={topics} subscribers={subscribers} global={global === true} />
      </>
    );
  return (
    <>
      {agent !== undefined && agent !== entry.actor && <AgentChip name={agent} />}
      {topic !== undefined && <TopicChip name={topic} />}
      {topics.slice(0, 4).map((name) => (
        <TopicChip key={name} name={name} />
      ))}
      {agent === undefined && topic === undefined && topics.length === 0 && (
        <span class="cut quiet">{visibleText(startOf(entry.text, 200).text)}</span>
      )}
    </>
  );
}

function Route({
  topics,
  subscribers,
  global,
}: {
  topics: readonly string[];
  subscribers: readonly string[];
  global: boolean;
}) {
  if (!global && topics.length + subscribers.length === 0) return null;
  return (
    <span class="row entry-route">
      <span class="quiet" aria-label="for">
        →
      </span>
      {global && <span class="chip everyone">everyone</span>}
      {topics.slice(0, 3).map((topic) => (
        <TopicChip key={topic} name={topic} />
      ))}
      {subscribers.slice(0, 2).map((name) => (
        <AgentChip key={name} name={name} />
      ))}
      {topics.length > 3 || subscribers.length > 2 ? <span class="quiet">…</span> : null}
    </span>
  );
}
