import { useState } from "preact/hooks";
import type { ItemRevision } from "../../api/index.ts";
import { restore } from "../actions/actions.ts";
import { RouteChips } from "../items/item-row.tsx";
import { Ago } from "../parts/ago.tsx";
import { DiffView } from "../parts/diff-view.tsx";
import { Empty, Failed, Loading } from "../parts/empty.tsx";
import { Icon, StateMark } from "../parts/icons.tsx";
import { JsonTree } from "../parts/json-tree.tsx";
import { Agent } from "../parts/names.tsx";
import { read } from "../state/request.ts";
import { useResource } from "../state/resource.ts";
import { at, linkTo, tenant } from "../state/route.ts";
import { mayWrite } from "../state/session.ts";
import { visibleText } from "../../text/visible-text.ts";

const VERBS = { put: "wrote", delete: "deleted", expire: "expired", lease: "" } as const;

/** The changes of a key, the last first; each opens to what it changed. */
export function ItemHistory({ itemKey }: { itemKey: string }) {
  const query = { key: itemKey, tenant: tenant.value };
  const { data, error, reload } = useResource(
    JSON.stringify(query),
    (signal) => read("api/item/history", query, signal),
    (message) =>
      ("key" in message && message.key === itemKey) ||
      (message.type === "put" && message.item.key === itemKey) ||
      message.type === "head",
  );
  if (data === undefined)
    return error === undefined ? <Loading /> : <Failed error={error} retry={reload} />;
  const limit = at.value;
  const entries = data.entries.filter(({ revision }) => limit === undefined || revision <= limit);
  const latest = entries.findLast(({ type }) => type === "put");
  if (entries.length === 0)
    return (
      <Empty icon="timeline" title="No history">
        The log no longer holds a change of this key. A longer retention keeps more.
      </Empty>
    );
  return (
    <ol class="history">
      {entries
        .map((entry, index) => (
          <Revision
            key={`${entry.revision} ${entry.type}`}
            itemKey={itemKey}
            entry={entry}
            before={entries
              .slice(0, index)
              .findLast(({ type }) => type === "put" || type === "delete")}
            isLatest={entry === latest}
          />
        ))
        .reverse()}
      {data.isPartial && <li class="quiet note">Earlier changes are not shown.</li>}
    </ol>
  );
}

function Revision({
  itemKey,
  entry,
  before,
  isLatest,
}: {
  itemKey: string;
  entry: ItemRevision;
  before: ItemRevision | undefined;
  isLatest: boolean;
}) {
  const [open, setOpen] = useState(isLatest);
  const isPut = entry.type === "put";
  const hasValue = entry.value !== undefined;
  return (
    <li class={`revision revision-${entry.type}`}>
      <div class="revision-head">
        <button
          type="button"
          class="row grow"
          aria-expanded={isPut ? open : undefined}
          disabled={!isPut}
          onClick={() => setOpen(!open)}
        >
          <span class="json-toggle">
            {isPut && <Icon name={open ? "down" : "right"} size={12} />}
          </span>
          <span class="mono number revision-number">#{entry.revision}</span>
          <Agent name={entry.actor} />
          <span class="quiet">{verbOf(entry)}</span>
          {isPut && entry.state !== undefined && entry.state !== "open" && (
            <StateMark state={entry.state} label />
          )}
        </button>
        <span class="quiet">
          <Ago time={entry.at} />
        </span>
        <a
          class="link quiet"
          href={linkTo({ at: entry.revision })}
          title="The whole mesh at this position"
        >
          view
        </a>
        {mayWrite.value && hasValue && !isLatest && (
          <button
            type="button"
            class="button small"
            onClick={() => void restore(itemKey, entry.revision)}
          >
            Restore
          </button>
        )}
      </div>
      {isPut && open && (
        <div class="revision-body">
          {routeChanged(entry, before) && (
            <p class="row wrap">
              <span class="quiet">route</span>
              <RouteChips
                item={{
                  topics: entry.topics ?? [],
                  subscribers: entry.subscribers ?? [],
                  global: entry.global ?? false,
                }}
                most={12}
              />
            </p>
          )}
          <Change entry={entry} before={before} />
        </div>
      )}
    </li>
  );
}

function Change({ entry, before }: { entry: ItemRevision; before: ItemRevision | undefined }) {
  if (entry.value === undefined)
    return (
      <p class="quiet note">
        {entry.unreadable === undefined
          ? "The value is no longer kept."
          : visibleText(entry.unreadable)}
      </p>
    );
  return before?.value === undefined ? (
    <JsonTree value={entry.value} />
  ) : (
    <DiffView before={before.value} after={entry.value} />
  );
}

function verbOf(entry: ItemRevision): string {
  if (entry.type !== "lease") return VERBS[entry.type];
  return entry.state === "claimed" ? "claimed it" : "released it";
}

function routeChanged(entry: ItemRevision, before: ItemRevision | undefined): boolean {
  const route = ({ topics, subscribers, global }: ItemRevision): string =>
    JSON.stringify([topics, subscribers, global]);
  return before === undefined || route(entry) !== route(before);
}
