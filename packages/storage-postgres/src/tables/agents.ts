import {
  type AgentCard,
  parseCard,
  parsePermissions,
  type Permissions,
  type Sighting,
} from "@syntha/core/storage";
import { prepared } from "../connection/statement.ts";
import { indexLookup, isFound } from "./index-lookup.ts";
import { insertion, insertionOfMany } from "./insertion.ts";
import { CLOCK } from "./tenants.ts";

/** The columns of `find`, and the last ones of `page`. */
export type AgentColumns = readonly [
  name: string,
  permissions: string | null,
  card: string | null,
  firstSeen: number | null,
  lastSeen: number | null,
  leases: number,
];

/** The permissions and cards of agents, how many subscriptions each has, and when it was seen (R19). */
export function agentStatements(schema: string) {
  const table = `${schema}.agent`;
  const holds = "(permissions IS NOT NULL OR card IS NOT NULL OR subscriptions > 0)";
  const holdings = `SELECT name, permissions, card FROM ${table} WHERE tenant = $1`;
  /** A time ($2, or the server's), but never before the last commit. */
  const clock = `WITH clock AS MATERIALIZED (
    SELECT greatest(coalesce($2::bigint, ${CLOCK}), (SELECT max(t.now) FROM ${schema}.tenant t WHERE t.name = $1)) AS now)`;
  /** With the leases on items that have not ended by then. */
  const columns = `n.name, permissions, card, first_seen, last_seen,
    (SELECT count(*) FROM ${schema}.item i
     WHERE i.tenant = $1 AND i.lease_holder = n.name AND i.lease_until > (SELECT now FROM clock)
       AND (i.expires_at IS NULL OR i.expires_at > (SELECT now FROM clock)))`;
  return {
    /** One row, also for an agent without one. */
    find: prepared(
      `${clock} SELECT ${columns} FROM (SELECT $3 COLLATE "C" AS name) n
       LEFT JOIN LATERAL (SELECT * FROM ${table} x WHERE x.tenant = $1 AND x.name = n.name LIMIT 1) x ON true`,
    ),
    /**
     * A page of agents that are known or have a permission, a card or a subscription, from a name ($3) on. The first
     * column has the topics that each is subscribed to.
     */
    page: prepared(
      `${clock}
       SELECT to_json(ARRAY(SELECT s.topic FROM ${schema}.subscription s
         WHERE s.tenant = $1 AND s.agent = n.name ORDER BY s.topic))::text, ${columns}
       FROM ${table} n WHERE n.tenant = $1 AND n.name >= $3 AND (first_seen IS NOT NULL OR ${holds}) ORDER BY n.name LIMIT $4`,
    ),
    /** Agents after a name ($2) that have a permission, a card or a subscription. */
    holdingsPage: prepared(`${holdings} AND name > $2 AND ${holds} ORDER BY name LIMIT $3`),
    holdingsOf: prepared(`${holdings} AND name = ANY($2::text[])`),
    cardOf: prepared(`SELECT card FROM ${table} WHERE tenant = $1 AND name = $2`),
    /** All but the card. */
    set: insertion(
      schema,
      "agent",
      [
        ["name", "text"],
        ["subscriptions", "bigint"],
        ["permissions", "text"],
        ["first_seen", "bigint"],
        ["last_seen", "bigint"],
      ],
      `ON CONFLICT (tenant, name) DO UPDATE SET subscriptions = excluded.subscriptions,
         permissions = excluded.permissions, first_seen = excluded.first_seen, last_seen = excluded.last_seen`,
    ),
    setCard: prepared(
      `UPDATE ${table} a SET card = u.card FROM ${indexLookup(
        "unnest($2::text[], $3::text[]) u(name, card)",
        table,
        "x.tenant = $1 AND x.name = u.name",
      )} WHERE ${isFound("a")}`,
    ),
    /** When an agent was first seen stays, if it was. */
    load: insertionOfMany(
      schema,
      "agent",
      [
        ["name", "text"],
        ["subscriptions", "bigint"],
        ["permissions", "text"],
        ["card", "text"],
        ["first_seen", "bigint"],
      ],
      `ON CONFLICT (tenant, name) DO UPDATE SET subscriptions = excluded.subscriptions,
         permissions = excluded.permissions, card = excluded.card,
         first_seen = coalesce(x.first_seen, excluded.first_seen)`,
    ),
  };
}

export function toPermissions(text: string | null): Permissions | null {
  return text === null ? null : parsePermissions(text);
}

/** Null if the agent is not known. */
export function toSighting(firstSeen: number | null, lastSeen: number | null): Sighting | null {
  return firstSeen === null ? null : { firstSeen, lastSeen };
}

export function toCard(text: string | null): AgentCard | null {
  return text === null ? null : parseCard(text);
}
