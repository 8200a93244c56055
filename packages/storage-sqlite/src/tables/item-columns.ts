import { encodeTask, type ItemRow, keyRow, parseTask } from "@syntha/core/storage";
import type { Row } from "../sql/database.ts";
import { type Routes, toRouteText } from "./routes.ts";

/** Columns of `syntha_item i` in the order of {@link toItem}, without the value. */
const ITEM_HEAD = `i.key, i.route, i.owner, i.author, i.revision, i.state, i.created_at, i.updated_at,
  i.expires_at, i.attempts, i.ready_at, i.queue_order, i.lease_holder, i.lease_position,
  i.lease_id, i.lease_until, i.task`;
export const ITEM = `${ITEM_HEAD}, i.value`;

/** What a listing reads of each item: the columns of {@link toListed}. */
export const LISTED = {
  headers: `i.id, ${ITEM_HEAD}`,
  topics: "i.key, i.route, i.expires_at",
  keys: "i.key, i.expires_at",
} as const;
export type Listed = keyof typeof LISTED;

/** An item without its value. */
export interface ListedItem {
  readonly row: ItemRow;
  /** The id to read the value by; 0 if less than the headers was read. */
  readonly id: number;
}

/** An item from its columns, which start at index `at`; without the column of the value, the value is empty. */
export function toItem(row: Row, routes: Routes, tenant: number, at = 0): ItemRow {
  const route = routes.ofItem(row[at + 1] as string, tenant, row[at] as string);
  const leasePosition = row[at + 13] as number | null;
  return {
    key: row[at] as string,
    value: (row[at + 17] as string | undefined) ?? "",
    topics: route.topics,
    subscribers: route.subscribers,
    global: route.global,
    owner: row[at + 2] as string | null,
    author: row[at + 3] as string | null,
    revision: row[at + 4] as number,
    state: row[at + 5] as ItemRow["state"],
    createdAt: row[at + 6] as number,
    updatedAt: row[at + 7] as number,
    expiresAt: row[at + 8] as number | null,
    attempts: row[at + 9] as number,
    readyAt: row[at + 10] as number | null,
    order: row[at + 11] as number,
    lease:
      leasePosition === null
        ? null
        : {
            holder: row[at + 12] as string | null,
            position: leasePosition,
            leaseId: row[at + 14] as number,
            until: row[at + 15] as number,
          },
    task: parseTask(row[at + 16] as string | null),
  };
}

export function toListed(row: Row, listed: Listed, routes: Routes, tenant: number): ListedItem {
  if (listed === "headers") return { row: toItem(row, routes, tenant, 1), id: row[0] as number };
  const key = row[0] as string;
  if (listed === "keys") return { row: keyRow(key, [], row[1] as number | null), id: 0 };
  const { topics } = routes.ofItem(row[1] as string, tenant, key);
  return { row: keyRow(key, topics, row[2] as number | null), id: 0 };
}

/** Columns that a write sets, in the order of {@link toColumns}. */
export const COLUMNS = [
  "route",
  "owner",
  "author",
  "revision",
  "state",
  "created_at",
  "updated_at",
  "expires_at",
  "attempts",
  "ready_at",
  "queue_order",
  "lease_holder",
  "lease_position",
  "lease_id",
  "lease_until",
  "task",
  "value",
] as const;

export function toColumns(row: ItemRow): (string | number | null)[] {
  const { lease } = row;
  return [
    toRouteText(row),
    row.owner,
    row.author,
    row.revision,
    row.state,
    row.createdAt,
    row.updatedAt,
    row.expiresAt,
    row.attempts,
    row.readyAt,
    row.order,
    lease?.holder ?? null,
    lease?.position ?? null,
    lease?.leaseId ?? null,
    lease?.until ?? null,
    encodeTask(row.task),
    row.value,
  ];
}
