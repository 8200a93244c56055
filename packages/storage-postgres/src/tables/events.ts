import type { EventRow } from "@syntha/core/storage";
import { prepared, type Row } from "../connection/statement.ts";
import { indexLookup, isFound } from "./index-lookup.ts";
import { type Column, insertion } from "./insertion.ts";

/** Columns of `event v` in the order of `toEvent`, most of them as one: decoding costs more per column than per byte. */
const EVENT_HEAD =
  "json_build_array(v.id, v.type, v.topics, v.subscribers, v.global, v.owner, v.position, v.idx, v.at)::text";
export const EVENT = `${EVENT_HEAD}, v.data`;
export const EVENT_WIDTH = 2;

type Head = [
  id: string,
  type: string,
  topics: string[],
  subscribers: string[],
  global: boolean,
  owner: string | null,
  position: number,
  index: number,
  at: number,
];

/** The columns that a write sets. */
const COLUMNS: readonly Column[] = [
  ["position", "bigint"],
  ["idx", "bigint"],
  ["id", "text"],
  ["type", "text"],
  ["topics", "text[]"],
  ["subscribers", "text[]"],
  ["global", "boolean"],
  ["owner", "text"],
  ["at", "bigint"],
  ["data", "text"],
];

export function eventStatements(schema: string) {
  const after = "(position, idx) > ($2::bigint, $3::bigint) ORDER BY position, idx LIMIT $4";
  /** Events at positions, given as two arrays. */
  const atPositions = (columns: string): string =>
    `SELECT ${columns} FROM unnest($2::bigint[], $3::bigint[]) u(position, idx)
     CROSS JOIN LATERAL (SELECT * FROM ${schema}.event v
       WHERE v.tenant = $1 AND v.position = u.position AND v.idx = u.idx LIMIT 1) v`;
  const at = `CROSS JOIN LATERAL (SELECT * FROM ${schema}.event v
    WHERE v.tenant = $1 AND v.position = e.position AND v.idx = e.idx LIMIT 1) v`;
  const itself = "x.tenant = $1 AND x.position = u.position AND x.idx = u.idx";
  return {
    byIds: prepared(
      `SELECT ${EVENT} FROM ${schema}.event v WHERE v.tenant = $1 AND v.id = ANY($2::text[])`,
    ),
    /** The number of events in a bucket ($2), counted up to $3. */
    countIn: prepared(
      `SELECT count(*) FROM (
         SELECT FROM ${schema}.event_audience WHERE tenant = $1 AND bucket = $2 LIMIT $3) e`,
    ),
    all: prepared(`SELECT ${EVENT} FROM ${schema}.event v WHERE v.tenant = $1 AND ${after}`),
    /** The last event at or before a position. */
    lastUpTo: prepared(
      `SELECT ${EVENT} FROM ${schema}.event v WHERE v.tenant = $1 AND (v.position, v.idx) <= ($2::bigint, $3::bigint)
       ORDER BY v.position DESC, v.idx DESC LIMIT 1`,
    ),
    at: prepared(atPositions(EVENT)),
    /** As `at`, without data. */
    headsAt: prepared(atPositions(`${EVENT_HEAD}, ''`)),
    /** The first events of each type ($5), with the type. */
    byTypes: prepared(
      `SELECT ${EVENT}, u.type FROM unnest($5::text[]) u(type)
       CROSS JOIN LATERAL (SELECT position, idx FROM ${schema}.event
         WHERE tenant = $1 AND type = u.type AND ${after}) e ${at}`,
    ),
    /** The first events of each bucket ($5), with the bucket. */
    byBuckets: prepared(
      `SELECT ${EVENT}, u.bucket FROM unnest($5::text[]) u(bucket)
       CROSS JOIN LATERAL (SELECT position, idx FROM ${schema}.event_audience
         WHERE tenant = $1 AND bucket = u.bucket AND ${after}) e ${at}`,
    ),
    /** The first events of each bucket and type ($5, $6), with both. */
    byBucketsAndTypes: prepared(
      `SELECT ${EVENT}, u.bucket || chr(1) || y.type FROM unnest($5::text[]) u(bucket) CROSS JOIN unnest($6::text[]) y(type)
       CROSS JOIN LATERAL (SELECT position, idx FROM ${schema}.event_audience
         WHERE tenant = $1 AND bucket = u.bucket AND type = y.type AND ${after}) e ${at}`,
    ),
    /** Without data. */
    oldest: prepared(
      `SELECT ${EVENT_HEAD}, '' FROM ${schema}.event v WHERE v.tenant = $1 ORDER BY v.position, v.idx LIMIT $2`,
    ),
    removeUpTo: prepared(
      `DELETE FROM ${schema}.event WHERE tenant = $1 AND (position, idx) <= ($2::bigint, $3::bigint)`,
    ),
    removeAudiences: prepared(
      `DELETE FROM ${schema}.event_audience t USING ${indexLookup(
        "unnest($2::text[], $3::bigint[], $4::bigint[]) u(bucket, position, idx)",
        `${schema}.event_audience`,
        "x.tenant = $1 AND x.bucket = u.bucket AND x.position = u.position AND x.idx = u.idx",
      )} WHERE ${isFound("t")}`,
    ),
    insert: insertion(schema, "event", COLUMNS),
    /** Replaces the event at each position. */
    put: insertion(
      schema,
      "event",
      COLUMNS,
      `ON CONFLICT (tenant, position, idx) DO UPDATE SET id = excluded.id, type = excluded.type, topics = excluded.topics,
         subscribers = excluded.subscribers, global = excluded.global, owner = excluded.owner, at = excluded.at,
         data = excluded.data`,
    ),
    addAudiences: insertion(
      schema,
      "event_audience",
      [
        ["bucket", "text"],
        ["position", "bigint"],
        ["idx", "bigint"],
        ["type", "text"],
      ],
      "ON CONFLICT DO NOTHING",
    ),
    /** Removes a topic ($3) from every event in its bucket ($2). */
    removeTopic: prepared(
      `WITH removed AS (
         DELETE FROM ${schema}.event_audience WHERE tenant = $1 AND bucket = $2 RETURNING position, idx)
       UPDATE ${schema}.event v SET topics = array_remove(v.topics, $3::text)
       FROM ${indexLookup("removed u", `${schema}.event`, itself)} WHERE ${isFound("v")}`,
    ),
    /** Removes topics ($2, with their buckets $3) from the events before a position ($4). */
    removeTopicsBefore: prepared(
      `WITH removed AS (
         DELETE FROM ${schema}.event_audience t USING ${indexLookup(
           "unnest($2::text[], $3::text[], $4::bigint[]) u(topic, bucket, position)",
           `${schema}.event_audience`,
           "x.tenant = $1 AND x.bucket = u.bucket AND x.position < u.position",
         )} WHERE ${isFound("t")} RETURNING t.position, t.idx, u.topic),
       per_event AS (SELECT position, idx, array_agg(topic) AS topics FROM removed GROUP BY position, idx)
       UPDATE ${schema}.event v SET topics = ARRAY(
         SELECT t.topic FROM unnest(v.topics) WITH ORDINALITY t(topic, at)
         WHERE t.topic <> ALL(u.topics) ORDER BY t.at)
       FROM ${indexLookup("per_event u", `${schema}.event`, itself)} WHERE ${isFound("v")}`,
    ),
  };
}

/** @param at the index of the event's first column */
export function toEvent(row: Row, at = 0): EventRow {
  const [id, type, topics, subscribers, global, owner, position, index, time] = JSON.parse(
    row[at] as string,
  ) as Head;
  const data = row[at + 1] as string;
  return { id, type, topics, subscribers, global, owner, position, index, at: time, data };
}
