import { useMemo, useState } from "preact/hooks";
import type { EventSummary } from "../../api/index.ts";
import { Ago } from "../parts/ago.tsx";
import { Empty, Failed, Loading } from "../parts/empty.tsx";
import { Icon } from "../parts/icons.tsx";
import { JsonPreview } from "../parts/json-preview.tsx";
import { JsonTree } from "../parts/json-tree.tsx";
import { Agent, Name, TopicChip } from "../parts/names.tsx";
import { useResource } from "../state/resource.ts";
import { read } from "../state/request.ts";
import { at, linkTo, mode, place, tenant, viewer } from "../state/route.ts";
import { bytes, count, fullTime } from "../text/units.ts";
import { startOf, visibleText } from "../../text/visible-text.ts";

const PAGE = 200;

/** What happened, by type. */
export function EventsPage() {
  const { type } = place.value;
  const asked = { tenant: tenant.value, at: at.value, limit: PAGE };
  const all = useEvents(asked, true);
  const as = viewer.value;
  // The system's view has all events; those that the agent does not get are dimmed.
  const own = useEvents({ ...asked, as }, as !== undefined);
  const seen = useMemo(
    () => (as === undefined ? undefined : new Set(own.data?.events.map(({ id }) => id))),
    [as, own.data],
  );
  const isOwn = as !== undefined && mode.value === "own";
  const source = isOwn ? own : all;
  const events = (source.data?.events ?? []).toReversed();
  const types = [...Map.groupBy(events, (event) => event.type)]
    .map(([name, list]) => ({ name, total: list.length }))
    .sort((left, right) => right.total - left.total);
  const shown = type === undefined ? events : events.filter((event) => event.type === type);
  return (
    <div class="page events-page">
      <div class="page-head">
        <h1>Events</h1>
        <ul class="row wrap type-chips" aria-label="Types">
          <li>
            <a
              class="chip"
              href={linkTo({ type: undefined })}
              aria-current={type === undefined ? "true" : undefined}
            >
              all <span class="quiet number">{count(events.length)}</span>
            </a>
          </li>
          {types.slice(0, 12).map(({ name, total }) => (
            <li key={name}>
              <a
                class="chip mono"
                href={linkTo({ type: type === name ? undefined : name })}
                aria-current={type === name ? "true" : undefined}
              >
                <Name text={name} /> <span class="quiet number">{count(total)}</span>
              </a>
            </li>
          ))}
        </ul>
      </div>
      {source.data === undefined ? (
        source.error === undefined ? (
          <Loading />
        ) : (
          <Failed error={source.error} retry={source.reload} />
        )
      ) : shown.length === 0 ? (
        <Empty icon="events" title="No events">
          {isOwn
            ? `No event is for ${as}.`
            : "Agents publish events with publish(type, data, route). They appear here live."}
        </Empty>
      ) : (
        <ol class="events">
          {shown.map((event) => (
            <EventRow key={event.id} event={event} unseen={seen?.has(event.id) === false} />
          ))}
          {source.data.isPartial && (
            <li class="note quiet">Only the last {count(PAGE)} are shown.</li>
          )}
        </ol>
      )}
    </div>
  );
}

function useEvents(
  query: {
    tenant: string | undefined;
    at: number | undefined;
    limit: number;
    as?: string | undefined;
  },
  active: boolean,
) {
  return useResource(
    JSON.stringify([query, active]),
    async (signal) => (active ? read("api/events", query, signal) : undefined),
    ({ type }) => type === "event" || type === "visibility",
  );
}

function EventRow({ event, unseen }: { event: EventSummary; unseen: boolean }) {
  const [open, setOpen] = useState(false);
  return (
    <li class={`event${unseen ? " dimmed" : ""}`}>
      <button
        type="button"
        class="event-head"
        aria-expanded={open}
        data-nav
        onClick={() => setOpen(!open)}
      >
        <span class="json-toggle">
          <Icon name={open ? "down" : "right"} size={12} />
        </span>
        <span class="mono event-type row">
          <Name text={event.type} />
        </span>
        <span class="event-author row">
          <Agent name={event.author} />
        </span>
        <span class="event-preview">
          <JsonPreview text={event.preview} />
        </span>
        <span class="row event-topics">
          {event.topics.slice(0, 2).map((topic) => (
            <TopicChip key={topic} name={topic} />
          ))}
        </span>
        <span class="quiet event-age">
          <Ago time={event.at} />
        </span>
      </button>
      {open && (
        <div class="event-body">
          <p class="quiet">
            {fullTime(Date.parse(event.at))} · {bytes(event.bytes)} · id{" "}
            <span class="mono">{visibleText(startOf(event.id, 120).text)}</span>
          </p>
          {event.data !== undefined ? (
            <JsonTree value={event.data} />
          ) : (
            <p class="note">
              {visibleText(event.unreadable ?? "Too large to show whole: its beginning is above.")}
            </p>
          )}
        </div>
      )}
    </li>
  );
}
