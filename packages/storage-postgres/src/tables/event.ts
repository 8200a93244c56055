import type { EventRow } from "@syntha/core/storage";
import { prepared, type Row } from "../connections/statement.ts";
import { found } from "./found.ts";

/** Columns of `event v` in the order of `toEvent`: few, as each costs its reader more than what stands in it. */
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

export type EventSql = ReturnType<typeof eventSql>;

export function eventSql(schema: string) {
  const behind = "(position, idx) > ($2::bigint, $3::bigint) ORDER BY position, idx LIMIT $4";
  /** Events at places, given as two lists. */
  const atPlaces = (columns: string): string =>
    `SELECT ${columns} FROM unnest($2::bigint[], $3::bigint[]) u(position, idx)
     CROSS JOIN LATERAL (SELECT * FROM ${schema}.event v
       WHERE v.tenant = $1 AND v.position = u.position AND v.idx = u.idx LIMIT 1) v`;
  const at = `CROSS JOIN LATERAL (SELECT * FROM ${schema}.event v
    WHERE v.tenant = $1 AND v.position = e.position AND v.idx = e.idx LIMIT 1) v`;
  const itself = "x.tenant = $1 AND x.position = u.position AND x.idx = u.idx";
  const insert = `INSERT INTO ${schema}.event
      (tenant, position, idx, id, type, topics, subscribers, global, owner, at, data)
    SELECT $1, u.position, u.idx, u.id, u.type, u.topics::text[], u.subscribers::text[], u.global, u.owner, u.at, u.data
    FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::boolean[], $9::text[],
      $10::bigint[], $11::text[]) u(position, idx, id, type, topics, subscribers, global, owner, at, data)`;
  return {
    byIds: prepared(
      `SELECT ${EVENT} FROM ${schema}.event v WHERE v.tenant = $1 AND v.id = ANY($2::text[])`,
    ),
    /** How many are on a target, up to a number ($3). */
    countOn: prepared(
      `SELECT count(*) FROM (
         SELECT FROM ${schema}.event_edge WHERE tenant = $1 AND target = $2 LIMIT $3) e`,
    ),
    all: prepared(`SELECT ${EVENT} FROM ${schema}.event v WHERE v.tenant = $1 AND ${behind}`),
    /** The last one at a place or before it. */
    lastTo: prepared(
      `SELECT ${EVENT} FROM ${schema}.event v WHERE v.tenant = $1 AND (v.position, v.idx) <= ($2::bigint, $3::bigint)
       ORDER BY v.position DESC, v.idx DESC LIMIT 1`,
    ),
    at: prepared(atPlaces(EVENT)),
    /** Without their data. */
    headsAt: prepared(atPlaces(`${EVENT_HEAD}, ''`)),
    /** Of each type ($5) the first ones, with it. */
    byTypes: prepared(
      `SELECT ${EVENT}, u.type FROM unnest($5::text[]) u(type)
       CROSS JOIN LATERAL (SELECT position, idx FROM ${schema}.event
         WHERE tenant = $1 AND type = u.type AND ${behind}) e ${at}`,
    ),
    /** Of each target ($5) the first ones, with it. */
    byTargets: prepared(
      `SELECT ${EVENT}, u.target FROM unnest($5::text[]) u(target)
       CROSS JOIN LATERAL (SELECT position, idx FROM ${schema}.event_edge
         WHERE tenant = $1 AND target = u.target AND ${behind}) e ${at}`,
    ),
    /** Of each target and type ($5, $6) the first ones, with both. */
    byTargetsAndTypes: prepared(
      `SELECT ${EVENT}, u.target || chr(1) || y.type FROM unnest($5::text[]) u(target) CROSS JOIN unnest($6::text[]) y(type)
       CROSS JOIN LATERAL (SELECT position, idx FROM ${schema}.event_edge
         WHERE tenant = $1 AND target = u.target AND type = y.type AND ${behind}) e ${at}`,
    ),
    /** The first ones, without their data. */
    oldest: prepared(
      `SELECT ${EVENT_HEAD}, '' FROM ${schema}.event v WHERE v.tenant = $1 ORDER BY v.position, v.idx LIMIT $2`,
    ),
    /** Removes every event up to a place. */
    removeTo: prepared(
      `DELETE FROM ${schema}.event WHERE tenant = $1 AND (position, idx) <= ($2::bigint, $3::bigint)`,
    ),
    removeEdges: prepared(
      `DELETE FROM ${schema}.event_edge e USING ${found(
        "unnest($2::text[], $3::bigint[], $4::bigint[]) u(target, position, idx)",
        `${schema}.event_edge`,
        "x.tenant = $1 AND x.target = u.target AND x.position = u.position AND x.idx = u.idx",
      )} WHERE e.ctid = u.place`,
    ),
    insert: prepared(insert),
    /** Writes events into the places of those that stand where they stand. */
    put: prepared(
      `${insert}
       ON CONFLICT (tenant, position, idx) DO UPDATE SET id = excluded.id, type = excluded.type, topics = excluded.topics,
         subscribers = excluded.subscribers, global = excluded.global, owner = excluded.owner, at = excluded.at,
         data = excluded.data`,
    ),
    addEdges: prepared(
      `INSERT INTO ${schema}.event_edge (tenant, target, position, idx, type)
       SELECT $1, u.target, u.position, u.idx, u.type
       FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[]) u(target, position, idx, type)
       ON CONFLICT DO NOTHING`,
    ),
    /** Takes a topic ($3) off every event in its bucket ($2). */
    untopic: prepared(
      `WITH gone AS (
         DELETE FROM ${schema}.event_edge WHERE tenant = $1 AND target = $2 RETURNING position, idx)
       UPDATE ${schema}.event v SET topics = array_remove(v.topics, $3::text)
       FROM ${found("gone u", `${schema}.event`, itself)} WHERE v.ctid = u.place`,
    ),
    /** Takes topics ($2, $3 as targets) off the events in their buckets that lie before a position ($4). */
    untopicBefore: prepared(
      `WITH gone AS (
         DELETE FROM ${schema}.event_edge e USING ${found(
           "unnest($2::text[], $3::text[], $4::bigint[]) u(topic, target, position)",
           `${schema}.event_edge`,
           "x.tenant = $1 AND x.target = u.target AND x.position < u.position",
         )} WHERE e.ctid = u.place RETURNING e.position, e.idx, u.topic),
       lost AS (SELECT position, idx, array_agg(topic) AS topics FROM gone GROUP BY position, idx)
       UPDATE ${schema}.event v SET topics = ARRAY(
         SELECT t.topic FROM unnest(v.topics) WITH ORDINALITY t(topic, at)
         WHERE t.topic <> ALL(u.topics) ORDER BY t.at)
       FROM ${found("lost u", `${schema}.event`, itself)} WHERE v.ctid = u.place`,
    ),
  };
}

/** An event from its columns, which start at `at`. */
export function toEvent(row: Row, at = 0): EventRow {
  const [id, type, topics, subscribers, global, owner, position, index, time] = JSON.parse(
    row[at] as string,
  ) as Head;
  const data = row[at + 1] as string;
  return { id, type, topics, subscribers, global, owner, position, index, at: time, data };
}
