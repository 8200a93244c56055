import type { ServerEvent } from "@modelcontextprotocol/server";
import type { Cursor } from "@syntha/core";

/**
 * Where a notification of a change has the cursor after that change, in `params._meta`. A client whose connection broke
 * reads what it missed from `syntha://changes?since=<cursor>`, with the cursor of the last notification that it received.
 * Of the notifications of one change, that of `syntha://changes` comes last.
 *
 * @example
 * ```json
 * { "method": "notifications/resources/updated",
 *   "params": { "uri": "syntha://item/plan", "_meta": { "dev.syntha/cursor": "c1.…" } } }
 * ```
 */
export const CURSOR_META_KEY = "dev.syntha/cursor";

export function resourceUpdated(uri: string, cursor: Cursor): ServerEvent {
  return { kind: "resource_updated", uri, params: paramsOf(cursor) };
}

export function resourcesListChanged(cursor: Cursor): ServerEvent {
  return { kind: "resources_list_changed", params: paramsOf(cursor) };
}

/** The cursor that an event carries. */
export function cursorOf({ params }: ServerEvent): Cursor | undefined {
  const cursor = params?._meta?.[CURSOR_META_KEY];
  return typeof cursor === "string" ? cursor : undefined;
}

function paramsOf(cursor: Cursor): NonNullable<ServerEvent["params"]> {
  return { _meta: { [CURSOR_META_KEY]: cursor } };
}
