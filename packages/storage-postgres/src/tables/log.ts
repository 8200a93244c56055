import {
  type CorruptChange,
  HISTORY_TYPES,
  isExpired,
  type LogEntry,
  parsePriorAudience,
  parseStoredChange,
  type PriorAudience,
  type StoredEntry,
} from "@syntha/core/storage";
import { prepared, type Row } from "../connection/statement.ts";
import { EVENT, toEvent } from "./events.ts";
import { isFound, withFound } from "./index-lookup.ts";
import { insertion } from "./insertion.ts";

/** Few columns, as decoding costs more per column than per byte. */
const ENTRY =
  "json_build_array(l.position, l.idx, l.commit_id, l.at, l.actor, l.type, l.key)::text, l.detail, l.value";
/** The item's current audience and, if it no longer exists, how it ended. */
const AUDIENCE = `json_build_array(i.topics, i.subscribers, i.global, i.owner, i.revision, i.expires_at)::text,
  d.type, d.detail`;
const [AUDIENCE_AT, END_AT, EVENT_AT] = [3, 4, 6];

type Head = [
  position: number,
  index: number,
  commitId: number,
  at: number,
  actor: string | null,
  type: CorruptChange["was"],
  key: string,
];

type AudienceColumns = [
  topics: string[],
  subscribers: string[],
  global: boolean,
  owner: string | null,
  revision: number | null,
  expiresAt: number | null,
];

export function logStatements(schema: string) {
  const audiences = `
    LEFT JOIN LATERAL (SELECT i.topics, i.subscribers, i.global, i.owner, i.revision, i.expires_at
      FROM ${schema}.item i WHERE l.type = 'put' AND i.tenant = $1 AND i.key = l.key LIMIT 1) i ON true
    LEFT JOIN LATERAL (SELECT d.type, d.detail FROM ${schema}.log d
      WHERE l.type = 'put' AND i.revision IS NULL AND d.tenant = $1 AND d.key = l.key
        AND d.type IN ('delete', 'expire')
      ORDER BY d.position DESC, d.idx DESC LIMIT 1) d ON true
    LEFT JOIN LATERAL (SELECT * FROM ${schema}.event v
      WHERE l.type = 'event' AND v.tenant = $1 AND v.position = l.position AND v.idx = l.idx LIMIT 1) v ON true`;
  const entries = (where: string): string =>
    `SELECT ${ENTRY}, ${AUDIENCE}, ${EVENT} FROM (
       SELECT * FROM ${schema}.log WHERE tenant = $1 ${where} AND (position, idx) > ($2::bigint, $3::bigint)
       ORDER BY position, idx LIMIT $4) l ${audiences}
     ORDER BY l.position, l.idx`;
  const valuesOf = (key: string): string =>
    `(SELECT v.ctid AS row_id FROM ${schema}.log v WHERE v.tenant = $1 AND v.key = ${key} AND v.value IS NOT NULL OFFSET 0)`;
  return {
    all: prepared(entries("")),
    byKey: prepared(entries("AND key = $5")),
    /** Without audiences and events. */
    stored: prepared(
      `SELECT ${ENTRY} FROM ${schema}.log l WHERE l.tenant = $1 AND (l.position, l.idx) > ($2::bigint, $3::bigint)
       ORDER BY l.position, l.idx LIMIT $4`,
    ),
    commitIdAt: prepared(
      `SELECT commit_id FROM ${schema}.log WHERE tenant = $1 AND position = $2 ORDER BY idx LIMIT 1`,
    ),
    /** The times of the entries after a commit, oldest first. */
    ages: prepared(
      `SELECT position, at FROM ${schema}.log WHERE tenant = $1 AND position > $2 ORDER BY position, idx LIMIT $3`,
    ),
    /** A commit's number of entries, and its id. */
    commit: prepared(
      `SELECT count(*), max(commit_id) FROM ${schema}.log WHERE tenant = $1 AND position = $2`,
    ),
    /** Deletes up to $2 entries at or before a position ($3). */
    removeUpTo: prepared(
      `${withFound(
        `SELECT l.ctid AS row_id FROM ${schema}.log l WHERE l.tenant = $1 AND l.position <= $3 LIMIT $2`,
      )} DELETE FROM ${schema}.log t USING u WHERE ${isFound("t")}`,
    ),
    /** Deletes up to $2 entries after a position ($3) up to another ($4), except those that histories of keys need. */
    thin: prepared(
      `${withFound(
        `SELECT l.ctid AS row_id FROM ${schema}.log l WHERE l.tenant = $1 AND l.position > $3 AND l.position <= $4
           AND l.type NOT IN (${HISTORY_TYPES.map((type) => `'${type}'`).join(", ")}) LIMIT $2`,
      )} DELETE FROM ${schema}.log t USING u WHERE ${isFound("t")}`,
    ),
    insert: insertion(schema, "log", [
      ["position", "bigint"],
      ["idx", "bigint"],
      ["commit_id", "bigint"],
      ["at", "bigint"],
      ["actor", "text"],
      ["type", "text"],
      ["key", "text"],
      ["detail", "text"],
      ["value", "text"],
    ]),
    /** R8: clears up to $3 values of keys. */
    scrub: prepared(
      `${withFound(
        `SELECT x.row_id FROM unnest($2::text[]) k(key) CROSS JOIN LATERAL ${valuesOf("k.key")} x LIMIT $3`,
      )} UPDATE ${schema}.log l SET value = NULL FROM u WHERE ${isFound("l")}`,
    ),
    /** Fails with a division by zero if the log has values of the keys left. */
    checkScrubbed: prepared(
      `SELECT 1 / (CASE WHEN EXISTS (
         SELECT FROM unnest($2::text[]) u(key) CROSS JOIN LATERAL ${valuesOf("u.key")} x) THEN 0 ELSE 1 END)`,
    ),
    /** As `scrub`, for the keys whose item has expired at a time ($3). */
    scrubExpired: prepared(
      `${withFound(
        `SELECT x.row_id FROM unnest($2::text[]) k(key)
         CROSS JOIN LATERAL (SELECT i.key FROM ${schema}.item i
           WHERE i.tenant = $1 AND i.key = k.key AND i.expires_at <= $3 LIMIT 1) i
         CROSS JOIN LATERAL ${valuesOf("i.key")} x LIMIT $4`,
      )} UPDATE ${schema}.log l SET value = NULL FROM u WHERE ${isFound("l")}`,
    ),
  };
}

export function toStoredEntry(row: Row): StoredEntry {
  const [position, index, commitId, at, actor, type, key] = JSON.parse(row[0] as string) as Head;
  const change = parseStoredChange(type, key, row[1] as string, row[2] as string | null);
  return { position, index, commitId, at, actor, change };
}

export function toLogEntry(row: Row, now: number): LogEntry {
  const entry = toStoredEntry(row);
  const { change } = entry;
  if (change.type === "event") {
    // The data is null only if there is no event.
    const event = row[EVENT_AT + 1] === null ? null : toEvent(row, EVENT_AT);
    return { ...entry, current: null, event };
  }
  const isPut = change.type === "put" || (change.type === "corrupt" && change.was === "put");
  if (!isPut) return { ...entry, current: null, event: null };
  const [topics, subscribers, global, owner, revision, expiresAt] = JSON.parse(
    row[AUDIENCE_AT] as string,
  ) as AudienceColumns;
  if (revision === null) return { ...entry, current: audienceAtDeletion(row), event: null };
  if (!isExpired({ expiresAt }, now))
    return { ...entry, current: { topics, subscribers, global, owner, revision }, event: null };
  // R8: the values of an expired item are no longer readable, whether or not it is deleted.
  if (change.type === "corrupt") return { ...entry, current: null, event: null };
  const after = { ...change.after, value: null };
  return { ...entry, change: { ...change, after }, current: null, event: null };
}

/** Null for an expired item, which has no values in the log for anyone to see. */
function audienceAtDeletion(row: Row): PriorAudience | null {
  return row[END_AT] === "delete" ? parsePriorAudience(row[END_AT + 1] as string) : null;
}
