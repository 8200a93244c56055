import type { EventSummary } from "./event.ts";
import type { ItemSummary } from "./item.ts";
import type { StudioErrorCode } from "./failure.ts";
import type { TenantQuery } from "./scope.ts";

/**
 * `GET /api/live`: server-sent events. Read it with `fetch`, which can send the token in a header. Each `event:` is the
 * `type` of a {@link LiveMessage}, and its `data:` the message as JSON. An `id:` is a cursor: after a disconnection, pass
 * the last one as the header `Last-Event-ID` (or `since`), and nothing is missed or repeated. A comment every 15 seconds
 * keeps the connection alive.
 */
export interface LiveQuery extends TenantQuery {
  /** An agent. With `mode=own`: its own feed. Otherwise the system's feed, with `visible` and `visibility` for this agent. */
  as?: string | undefined;
  /** @default "dim" */
  mode?: "dim" | "own" | undefined;
  /** Resumes after this cursor. `Last-Event-ID` precedes it. @default now */
  since?: string | undefined;
}

export type LiveMessage =
  /** The stream has begun, or has caught up: what follows is live. */
  | { readonly type: "ready"; readonly position: number }
  /** An item was written, or became visible. */
  | { readonly type: "put"; readonly position: number; readonly item: ItemSummary }
  /** Only with `mode=own`: the agent no longer sees the item. */
  | { readonly type: "hide"; readonly position: number; readonly key: string }
  | { readonly type: "delete"; readonly position: number; readonly key: string }
  | { readonly type: "expire"; readonly position: number; readonly key: string }
  | { readonly type: "event"; readonly position: number; readonly event: EventSummary }
  /** Something is damaged where it is stored. */
  | {
      readonly type: "corrupt";
      readonly position: number;
      readonly key?: string | undefined;
      readonly error: string;
    }
  /** The log went on to this position; sent at least once a second while there are commits, also if no change is shown. */
  | { readonly type: "head"; readonly position: number }
  /**
   * With `as` and `mode=dim`, without an id: whether the agent sees these items now, after it subscribed or unsubscribed,
   * or items were re-routed. After a reconnection, fetch what you show again.
   */
  | {
      readonly type: "visibility";
      readonly agent: string;
      readonly visible: boolean;
      readonly keys: readonly string[];
    }
  /** This client reads too slowly: the stream ends. Connect again with the last id. */
  | { readonly type: "lagged" }
  /** The cursor can't be resumed (CURSOR_COMPACTED, INVALID_CURSOR): fetch everything again. The stream goes on from now. */
  | {
      readonly type: "reset";
      readonly code: StudioErrorCode;
      readonly error: string;
      readonly hint: string;
    }
  /** The storage can't be reached, or can be again. If the stream ends after it, connect again. */
  | { readonly type: "connection"; readonly connected: boolean }
  /** The stream ends with an error that reconnecting does not solve. */
  | {
      readonly type: "failed";
      readonly code: StudioErrorCode;
      readonly error: string;
      readonly hint: string;
    };
