import {
  type CorruptChange,
  isExpired,
  type LogEntry,
  type StoredEntry,
  type LoggedChange,
  type PriorAudience,
  HISTORY_TYPES,
  parseStoredChange,
  parseLoggedChange,
  parsePriorAudience,
} from "@syntha/core/storage";
import { prepared, type Row } from "../connections/statement.ts";
import { insertion } from "./insertion.ts";
import { EVENT, toEvent } from "./event.ts";

/** Few columns: each costs its reader more than what stands in it. */
const LINE =
  "json_build_array(l.position, l.idx, l.mark, l.at, l.by, l.type, l.key)::text, l.detail, l.value";
/** Who sees the item now; and how it ended, when it is gone. */
const SIGHT = `json_build_array(i.topics, i.subscribers, i.global, i.owner, i.revision, i.expires_at)::text,
  d.type, d.detail`;
const [SIGHT_AT, GONE_AT, EVENT_AT] = [3, 4, 6];

type Head = [
  position: number,
  index: number,
  mark: number,
  at: number,
  by: string | null,
  type: CorruptChange["was"],
  key: string,
];

type SightColumns = [
  topics: string[],
  subscribers: string[],
  global: boolean,
  owner: string | null,
  revision: number | null,
  expiresAt: number | null,
];

export type LogSql = ReturnType<typeof logSql>;

export function logSql(schema: string) {
  const sights = `
    LEFT JOIN LATERAL (SELECT i.topics, i.subscribers, i.global, i.owner, i.revision, i.expires_at
      FROM ${schema}.item i WHERE l.type = 'put' AND i.tenant = $1 AND i.key = l.key LIMIT 1) i ON true
    LEFT JOIN LATERAL (SELECT d.type, d.detail FROM ${schema}.log d
      WHERE l.type = 'put' AND i.revision IS NULL AND d.tenant = $1 AND d.key = l.key
        AND d.type IN ('delete', 'expire')
      ORDER BY d.position DESC, d.idx DESC LIMIT 1) d ON true
    LEFT JOIN LATERAL (SELECT * FROM ${schema}.event v
      WHERE l.type = 'event' AND v.tenant = $1 AND v.position = l.position AND v.idx = l.idx LIMIT 1) v ON true`;
  const lines = (where: string): string =>
    `SELECT ${LINE}, ${SIGHT}, ${EVENT} FROM (
       SELECT * FROM ${schema}.log WHERE tenant = $1 ${where} AND (position, idx) > ($2::bigint, $3::bigint)
       ORDER BY position, idx LIMIT $4) l ${sights}
     ORDER BY l.position, l.idx`;
  const valuesOf = (key: string): string =>
    `(SELECT v.ctid FROM ${schema}.log v WHERE v.tenant = $1 AND v.key = ${key} AND v.value IS NOT NULL OFFSET 0)`;
  return {
    all: prepared(lines("")),
    byKey: prepared(lines("AND key = $5")),
    /** As they are kept. */
    lines: prepared(
      `SELECT ${LINE} FROM ${schema}.log l WHERE l.tenant = $1 AND (l.position, l.idx) > ($2::bigint, $3::bigint)
       ORDER BY l.position, l.idx LIMIT $4`,
    ),
    /** The mark of a commit of which a line is kept. */
    mark: prepared(
      `SELECT mark FROM ${schema}.log WHERE tenant = $1 AND position = $2 ORDER BY idx LIMIT 1`,
    ),
    /** How old the lines behind a commit are, oldest first. */
    ages: prepared(
      `SELECT position, at FROM ${schema}.log WHERE tenant = $1 AND position > $2 ORDER BY position, idx LIMIT $3`,
    ),
    /** How many lines a commit has, and its mark. */
    commit: prepared(
      `SELECT count(*), max(mark) FROM ${schema}.log WHERE tenant = $1 AND position = $2`,
    ),
    /** Removes lines up to a position ($3), up to a number of them ($2). */
    removeTo: prepared(
      `DELETE FROM ${schema}.log WHERE ctid = ANY(ARRAY(
         SELECT l.ctid FROM ${schema}.log l WHERE l.tenant = $1 AND l.position <= $3 LIMIT $2))`,
    ),
    /** Removes lines after one position and up to another that tell no key's history, up to a number of them ($2). */
    thin: prepared(
      `DELETE FROM ${schema}.log WHERE ctid = ANY(ARRAY(
         SELECT l.ctid FROM ${schema}.log l WHERE l.tenant = $1 AND l.position > $3 AND l.position <= $4
           AND l.type NOT IN (${HISTORY_TYPES.map((type) => `'${type}'`).join(", ")}) LIMIT $2))`,
    ),
    insert: insertion(`${schema}.log`, [
      ["position", "bigint"],
      ["idx", "bigint"],
      ["mark", "bigint"],
      ["at", "bigint"],
      ["by", "text"],
      ["type", "text"],
      ["key", "text"],
      ["detail", "text"],
      ["value", "text"],
    ]),
    /** R8: removes values that the log has of keys, up to a number ($3). */
    scrub: prepared(
      `UPDATE ${schema}.log l SET value = NULL WHERE l.ctid = ANY(ARRAY(
         SELECT x.ctid FROM unnest($2::text[]) u(key) CROSS JOIN LATERAL ${valuesOf("u.key")} x LIMIT $3))`,
    ),
    /** Fails with a division by zero when the log has values of keys left. */
    checkScrubbed: prepared(
      `SELECT 1 / (CASE WHEN EXISTS (
         SELECT FROM unnest($2::text[]) u(key) CROSS JOIN LATERAL ${valuesOf("u.key")} x) THEN 0 ELSE 1 END)`,
    ),
    /** The same as `scrub`, of those keys that have an item which is expired at a time ($3). */
    scrubExpired: prepared(
      `UPDATE ${schema}.log l SET value = NULL WHERE l.ctid = ANY(ARRAY(
         SELECT x.ctid FROM unnest($2::text[]) u(key)
         CROSS JOIN LATERAL (SELECT i.key FROM ${schema}.item i
           WHERE i.tenant = $1 AND i.key = u.key AND i.expires_at <= $3 LIMIT 1) i
         CROSS JOIN LATERAL ${valuesOf("i.key")} x LIMIT $4))`,
    ),
  };
}

export function toLine(row: Row): StoredEntry {
  const [position, index, commitId, at, actor, type, key] = JSON.parse(row[0] as string) as Head;
  const change = parseStoredChange(type, key, row[1] as string, row[2] as string | null);
  return { type: "line", position, index, commitId, at, actor, change };
}

export function toEntry(row: Row, now: number): LogEntry {
  const [position, index, commitId, at, actor, type, key] = JSON.parse(row[0] as string) as Head;
  return { position, index, commitId, at, actor, change: toChange(type, key, row, now) };
}

function toChange(type: Head[5], key: string, row: Row, now: number): LoggedChange {
  const text = row[1] as string;
  if (type === "event")
    // Data is never null but where there is no event.
    return { type, event: row[EVENT_AT + 1] === null ? null : toEvent(row, EVENT_AT) };
  if (type !== "put") return parseLoggedChange(type, key, text, null, null);
  const [topics, subscribers, global, owner, revision, expiresAt] = JSON.parse(
    row[SIGHT_AT] as string,
  ) as SightColumns;
  const lapsed = revision !== null && isExpired({ expiresAt }, now);
  // R8: an expired item's values are told no more, swept or not.
  const value = lapsed ? null : (row[2] as string | null);
  if (revision === null) return parseLoggedChange(type, key, text, value, sightAtDeletion(row));
  const current = lapsed ? null : { topics, subscribers, global, owner, revision };
  return parseLoggedChange(type, key, text, value, current);
}

/** One whose time was over has no values in the log, whoever saw it. */
function sightAtDeletion(row: Row): PriorAudience | null {
  return row[GONE_AT] === "delete" ? parsePriorAudience(row[GONE_AT + 1] as string) : null;
}
