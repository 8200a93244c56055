import { encodeTask, type ItemRow, keyRow, parseTask } from "@syntha/core/storage";
import { prepared, type Row, type Statement } from "../connection/statement.ts";
import type { Value } from "./array-text.ts";
import { indexLookup, isFound } from "./index-lookup.ts";
import { type Column, givenValue, insertion, unnested } from "./insertion.ts";
import { CLOCK, IS_COMPLETE } from "./tenants.ts";

/**
 * Columns of `item i` in the order of `toItem`, most of them as one: decoding costs more per column than per byte. The
 * value is last and can be left out.
 */
const ITEM_FIELDS = `i.topics, i.subscribers, i.global, i.owner, i.author, i.revision, i.state,
  i.created_at, i.updated_at, i.expires_at, i.attempts, i.ready_at, i.queue_order,
  i.lease_holder, i.lease_position, i.lease_id, i.lease_until, i.task`;
export const ITEM_HEAD = `i.key, json_build_array(${ITEM_FIELDS})::text`;
/** The columns of `toTopicRow`. */
export const TOPIC_COLUMNS = "i.key, json_build_array(i.topics, i.expires_at)::text";
/** The columns of `toKeyRow`. */
export const KEY_COLUMNS = "i.key, i.expires_at";
export const ITEM = `${ITEM_HEAD}, i.value`;

/**
 * The columns of an item that a commit reads. The last one is false for an item that can expire and on which no other one
 * depends: with that known, its expiry needs no further read.
 */
export function factColumns(schema: string): string {
  return `${ITEM}, CASE WHEN i.expires_at IS NOT NULL THEN
    coalesce((SELECT true FROM ${schema}.item_dependency d WHERE d.tenant = $1 AND d.dependency = i.key LIMIT 1), false)
  END`;
}

/** The keys of a query as one JSON list: decoding a row for each takes several times as long. */
export function keyList(query: string): string {
  return `(SELECT coalesce(json_agg(k.key), '[]')::text FROM (${query}) k)`;
}

/** The bytes that an item counts for. */
const BYTES = "octet_length(i.key) + octet_length(i.value)";

/** The index of the value's column, and of the last one of `factColumns`. */
export const VALUE_AT = 2;
export const HAS_DEPENDENTS_AT = VALUE_AT + 1;

/** `ITEM_FIELDS`, decoded. */
export type ItemFields = [
  topics: string[],
  subscribers: string[],
  global: boolean,
  owner: string | null,
  author: string | null,
  revision: number,
  state: ItemRow["state"],
  createdAt: number,
  updatedAt: number,
  expiresAt: number | null,
  attempts: number,
  readyAt: number | null,
  order: number,
  holder: string | null,
  position: number | null,
  leaseId: number,
  until: number,
  task: string | null,
];

/** The columns that a write sets, in the order of `toColumns`. */
const COLUMNS: readonly Column[] = [
  ["key", "text"],
  ["topics", "text[]"],
  ["subscribers", "text[]"],
  ["global", "boolean"],
  ["owner", "text"],
  ["author", "text"],
  ["revision", "bigint"],
  ["state", "text"],
  ["created_at", "bigint"],
  ["updated_at", "bigint"],
  ["expires_at", "bigint"],
  ["attempts", "bigint"],
  ["ready_at", "bigint"],
  ["queue_order", "bigint"],
  ["lease_holder", "text"],
  ["lease_position", "bigint"],
  ["lease_id", "bigint"],
  ["lease_until", "bigint"],
  ["task", "text"],
  ["value", "text"],
];

/** The first column of `getOne` and `getMany`; the second is the value. */
export type VisibilityColumns = [
  epoch: string,
  head: number,
  now: number,
  clock: number,
  isSubscribed: boolean,
  key: string,
  ...fields: ItemFields,
];

export function itemStatements(schema: string) {
  const visibility = `json_build_array(t.epoch, t.head, t.now, ${CLOCK},
    EXISTS (SELECT 1 FROM ${schema}.subscription s
      WHERE s.tenant = $1 AND s.agent = $2 AND s.topic = ANY(i.topics)), i.key, ${ITEM_FIELDS})::text, i.value`;
  const firstFrom = (columns: string): Statement =>
    prepared(
      `SELECT ${columns} FROM ${schema}.item i WHERE i.tenant = $1 AND i.key >= $2 ORDER BY i.key LIMIT $3`,
    );
  const changes = COLUMNS.slice(1).map((column) => `${column[0]} = ${givenValue(column)}`);
  return {
    byKeys: prepared(
      `SELECT ${ITEM} FROM ${schema}.item i WHERE i.tenant = $1 AND i.key = ANY($2::text[])`,
    ),
    factsByKeys: prepared(
      `SELECT ${factColumns(schema)} FROM ${schema}.item i WHERE i.tenant = $1 AND i.key = ANY($2::text[])`,
    ),
    /** Without values, but with the size in bytes. */
    headsByKeys: prepared(
      `SELECT ${ITEM_HEAD}, ${BYTES} FROM ${schema}.item i WHERE i.tenant = $1 AND i.key = ANY($2::text[])`,
    ),
    valuesOf: prepared(
      `SELECT key, value FROM ${schema}.item WHERE tenant = $1 AND key = ANY($2::text[])`,
    ),
    page: prepared(
      `SELECT ${ITEM} FROM ${schema}.item i WHERE i.tenant = $1 AND i.key > $2 ORDER BY i.key LIMIT $3`,
    ),
    /** The first items from a key ($2) on. */
    itemsFrom: firstFrom(ITEM),
    headsFrom: firstFrom(ITEM_HEAD),
    topicsFrom: firstFrom(TOPIC_COLUMNS),
    keysFrom: firstFrom(KEY_COLUMNS),
    /** The first keys from one ($2) on, of expired items too, as one JSON list. */
    indexedKeysFrom: prepared(
      `SELECT ${keyList(
        `SELECT key FROM ${schema}.item WHERE tenant = $1 AND key >= $2 ORDER BY key LIMIT $3`,
      )}`,
    ),
    /** When the first item expires. Its lower bound is below every time: with it, every plan uses the index of expiries. */
    nextExpiry: prepared(
      `SELECT expires_at FROM ${schema}.item
       WHERE tenant = $1 AND expires_at >= ${Number.MIN_SAFE_INTEGER} ORDER BY expires_at LIMIT 1`,
    ),
    /** As `headsFrom`, of the items that may be claimed now. */
    claimedFrom: prepared(
      `SELECT ${ITEM_HEAD} FROM ${schema}.item i
       WHERE i.tenant = $1 AND i.key >= $2 AND i.lease_id IS NOT NULL ORDER BY i.key LIMIT $3`,
    ),
    /** As `headsFrom`, of the items in a state ($4) that is not "open". */
    closedFrom: prepared(
      `SELECT ${ITEM_HEAD} FROM ${schema}.item i
       WHERE i.tenant = $1 AND i.state = $4 AND i.state <> 'open' AND i.key >= $2 ORDER BY i.state, i.key LIMIT $3`,
    ),
    /** Items by key ($3), each with what decides whether the actor ($2) sees it. */
    getOne: prepared(
      `SELECT ${visibility} FROM ${schema}.tenant t
       LEFT JOIN ${schema}.item i ON i.tenant = $1 AND i.key = $3 WHERE t.name = $1 AND ${IS_COMPLETE}`,
    ),
    getMany: prepared(
      `SELECT ${visibility} FROM ${schema}.tenant t
       CROSS JOIN unnest($3::text[]) WITH ORDINALITY k(key, at)
       LEFT JOIN LATERAL (SELECT * FROM ${schema}.item i WHERE i.tenant = $1 AND i.key = k.key LIMIT 1) i ON true
       WHERE t.name = $1 AND ${IS_COMPLETE} ORDER BY k.at`,
    ),
    expired: prepared(
      `SELECT ${factColumns(schema)} FROM ${schema}.item i WHERE i.tenant = $1 AND i.expires_at <= $2
       ORDER BY i.expires_at, i.key LIMIT $3`,
    ),
    /** Routes and sizes of expired items that are not deleted yet, after a time and key. */
    expiredRoutes: prepared(
      `SELECT to_json(i.topics)::text, i.global, ${BYTES}, i.expires_at, i.key FROM ${schema}.item i
       WHERE i.tenant = $1 AND i.expires_at <= $2 AND (i.expires_at, i.key) > ($3::bigint, $4)
       ORDER BY i.expires_at, i.key LIMIT $5`,
    ),
    insert: insertion(schema, "item", COLUMNS),
    update: {
      one: prepared(
        `UPDATE ${schema}.item SET ${COLUMNS.map(([name, type], at) => `${name} = $${at + 2}::${type}`).join(", ")},
           unlogged_at = NULL
         WHERE tenant = $1 AND key = $2`,
      ),
      many: prepared(
        `UPDATE ${schema}.item i SET ${changes.join(", ")}, unlogged_at = NULL FROM ${indexLookup(
          unnested(COLUMNS),
          `${schema}.item`,
          "x.tenant = $1 AND x.key = u.key",
        )} WHERE ${isFound("i")}`,
      ),
    },
    updateLeases: prepared(
      `UPDATE ${schema}.item i SET attempts = u.attempts, ready_at = u.ready_at, lease_holder = u.holder,
         lease_position = u.position, lease_id = u.lease_id, lease_until = u.until, task = u.task,
         unlogged_at = u.unlogged_at
       FROM ${indexLookup(
         `unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[],
            $9::text[], $10::bigint[]) u(key, attempts, ready_at, holder, position, lease_id, until, task, unlogged_at)`,
         `${schema}.item`,
         "x.tenant = $1 AND x.key = u.key",
       )} WHERE ${isFound("i")}`,
    ),
    /** Keys of items that last changed without a log entry, when the log's head was at a position ($2) or later. */
    unloggedSince: prepared(
      `SELECT key FROM ${schema}.item WHERE tenant = $1 AND unlogged_at >= $2 ORDER BY unlogged_at`,
    ),
    delete: prepared(`DELETE FROM ${schema}.item WHERE tenant = $1 AND key = ANY($2::text[])`),
  };
}

/** The values of `COLUMNS`. */
export function toColumns(row: ItemRow): Value[] {
  const { lease } = row;
  return [
    row.key,
    row.topics,
    row.subscribers,
    row.global,
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
    lease === null ? null : lease.holder,
    lease === null ? null : lease.position,
    lease === null ? null : lease.leaseId,
    lease === null ? null : lease.until,
    encodeTask(row.task),
    row.value,
  ];
}

export function toKeyRow([key, expiresAt]: Row): ItemRow {
  return keyRow(key as string, [], expiresAt === null ? null : Number(expiresAt));
}

export function toTopicRow(row: Row): ItemRow {
  const [topics, expiresAt] = JSON.parse(row[1] as string) as [string[], number | null];
  return keyRow(row[0] as string, topics, expiresAt);
}

/** @param value the value, if the columns leave it out */
export function toItem(row: Row, value = row[VALUE_AT] as string): ItemRow {
  return fromFields(row[0] as string, JSON.parse(row[1] as string) as ItemFields, value);
}

export function fromFields(key: string, fields: ItemFields, value: string): ItemRow {
  const [topics, subscribers, global, owner, author, revision, state, ...rest] = fields;
  const [createdAt, updatedAt, expiresAt, attempts, readyAt, order, holder, ...lease] = rest;
  const [position, leaseId, until, task] = lease;
  return {
    key,
    value,
    topics,
    subscribers,
    global,
    owner,
    author,
    revision,
    state,
    createdAt,
    updatedAt,
    expiresAt,
    attempts,
    readyAt,
    order,
    lease: position === null ? null : { holder, position, leaseId, until },
    task: parseTask(task),
  };
}
