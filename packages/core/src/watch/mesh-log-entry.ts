import { copyOf } from "../agents/agent-record.ts";
import { corruptEntry } from "../error/corrupt-data.ts";
import { isSynthaError, type SynthaError } from "../error/syntha-error.ts";
import { readValue } from "../items/history.ts";
import type { JsonValue } from "../json/json.ts";
import type { LogEntry, PriorAudience } from "../log/change.ts";
import { type Cursor, toCursor } from "../log/cursor.ts";
import type { EventRow } from "../model/event-row.ts";
import type { Permissions } from "../model/permissions.ts";
import type { Audience, Route } from "../route/route.ts";
import { type CorruptEvent, type MeshEvent, toCorruptEvent, toEvent } from "../view/event.ts";

/** Who sees an item, apart from the agents that are subscribed to its topics. */
export interface LoggedRoute extends Route {
  /** The agent that last set the route; undefined for the system. */
  readonly owner: string | undefined;
  /** The position of the commit that wrote the item. */
  readonly revision: number;
}

/** Who sees an event, apart from the agents that are subscribed to its topics. */
export type EventRoute = Omit<LoggedRoute, "revision">;

type Corrupt = SynthaError<"CORRUPT_DATA">;

/** What an entry of the log says, by its `type`. */
export type LoggedChange =
  | {
      readonly type: "put";
      readonly key: string;
      /** Undefined if it has expired since, with `values: false`, and with an `error`. */
      readonly value: JsonValue | undefined;
      /** Why the value can't be read: it is damaged where it is stored. */
      readonly error: Corrupt | undefined;
      /** Undefined if it was created. */
      readonly before: LoggedRoute | undefined;
      readonly after: LoggedRoute;
      readonly state: "open" | "done" | "failed";
      readonly expiresAt: Date | undefined;
    }
  | {
      readonly type: "delete" | "expire";
      readonly key: string;
      readonly before: LoggedRoute;
    }
  | {
      readonly type: "lease";
      readonly key: string;
      /** Undefined if it was released. */
      readonly lease: LoggedLease | undefined;
    }
  | {
      readonly type: "event";
      /** Undefined if it was removed since, or is damaged where it is stored. */
      readonly event: MeshEvent | undefined;
      readonly corrupt: CorruptEvent | undefined;
      /** Who sees it; undefined if it was removed since. */
      readonly route: EventRoute | undefined;
    }
  | {
      readonly type: "subscribe" | "unsubscribe";
      readonly agent: string;
      readonly topics: readonly string[];
    }
  | {
      readonly type: "setPermissions";
      readonly agent: string;
      /** Null: they were cleared, so that everything is allowed. */
      readonly permissions: Permissions | null;
    }
  | {
      readonly type: "announce";
      readonly agent: string;
      readonly description: string | undefined;
      readonly capabilities: readonly string[];
    }
  | { readonly type: "topicDeleted"; readonly topic: string }
  /** It is damaged where it is stored. */
  | {
      readonly type: "corrupt";
      /** What it was. */
      readonly was: Exclude<LogEntry["change"]["type"], "corrupt">;
      readonly key: string | undefined;
      readonly error: Corrupt;
    };

/** A claim, as the log has it. Its extensions are not logged. */
export interface LoggedLease {
  /** Undefined for the system. */
  readonly agent: string | undefined;
  readonly until: Date;
}

/** One change of the mesh. All entries of a commit have its position. */
export type MeshLogEntry = LoggedChange & {
  /** The position of the commit; for a put, the item's revision. */
  readonly position: number;
  /** The index within the commit, from 0. */
  readonly index: number;
  readonly at: Date;
  /** The agent that made the change; undefined for the system. */
  readonly actor: string | undefined;
  /** The position after this entry. */
  readonly cursor: Cursor;
};

/** @param withValues whether to read the values of items */
export function toMeshLogEntry(entry: LogEntry, epoch: string, withValues: boolean): MeshLogEntry {
  const { position, index, commitId, at, actor } = entry;
  return {
    ...toLoggedChange(entry, withValues),
    position,
    index,
    at: new Date(at),
    actor: actor ?? undefined,
    cursor: toCursor({ epoch, position, done: index + 1, commitId }),
  };
}

function toLoggedChange({ position, change, event }: LogEntry, withValues: boolean): LoggedChange {
  switch (change.type) {
    case "put": {
      const { key, before, after } = change;
      const { state, expiresAt } = after;
      return {
        type: "put",
        key,
        ...(withValues ? readValue(after) : NO_VALUE),
        before: before === null ? undefined : toLoggedRoute(before),
        after: toLoggedRoute(after),
        state,
        expiresAt: expiresAt === null ? undefined : new Date(expiresAt),
      };
    }
    case "delete":
    case "expire":
      return { type: change.type, key: change.key, before: toLoggedRoute(change.before) };
    case "lease": {
      const { key, holder, until } = change;
      const lease =
        until === null ? undefined : { agent: holder ?? undefined, until: new Date(until) };
      return { type: "lease", key, lease };
    }
    case "event":
      return { type: "event", ...readEvent(event) };
    case "subscribe":
    case "unsubscribe":
      return { type: change.type, agent: change.agent, topics: [...change.topics] };
    case "setPermissions":
      return {
        type: "setPermissions",
        agent: change.agent,
        permissions: change.permissions && copyOf(change.permissions),
      };
    case "announce": {
      const { description, capabilities } = change.card;
      const card = { description: description ?? undefined, capabilities: [...capabilities] };
      return { type: "announce", agent: change.agent, ...card };
    }
    case "topicDeleted":
      return { type: "topicDeleted", topic: change.topic };
    case "corrupt": {
      const { was, about } = change;
      return {
        type: "corrupt",
        was,
        key: about ?? undefined,
        error: corruptEntry(position, about),
      };
    }
  }
}

const NO_VALUE = { value: undefined, error: undefined };

function readEvent(row: EventRow | null): Omit<Extract<LoggedChange, { type: "event" }>, "type"> {
  if (row === null) return { event: undefined, corrupt: undefined, route: undefined };
  const route = toEventRoute(row);
  try {
    return { event: toEvent(row), corrupt: undefined, route };
  } catch (error) {
    if (!isSynthaError(error, "CORRUPT_DATA")) throw error;
    return { event: undefined, corrupt: toCorruptEvent(row, error), route };
  }
}

function toLoggedRoute(audience: PriorAudience): LoggedRoute {
  return { ...toEventRoute(audience), revision: audience.revision };
}

function toEventRoute({ topics, subscribers, global, owner }: Audience): EventRoute {
  return {
    topics: [...topics],
    subscribers: [...subscribers],
    global,
    owner: owner ?? undefined,
  };
}
