import {
  type AgentCard,
  type AgentSighting,
  encodeCard,
  parseCard,
  parsePermissions,
  type Permissions,
  type Sighting,
} from "@syntha/core/storage";
import { type Command, command, type Query, query, type SqlDatabase } from "../sql/database.ts";

/** What a commit reads of an agent. */
export interface AgentRow {
  /** Null: it has all. */
  readonly permissions: Permissions | null;
  /** Undefined if it is not known. */
  readonly sighting: Sighting | undefined;
}

const NO_ROW: AgentRow = { permissions: null, sighting: undefined };

/** Permissions and cards of agents, and when each was seen (R19). */
export class Agents {
  readonly #find: Query<
    [permissions: string | null, firstSeen: number | null, lastSeen: number | null]
  >;
  readonly #card: Query<[string | null]>;
  readonly #names: Query<[string]>;
  readonly #holders: Query<[string]>;
  readonly #setPermissions: Command;
  readonly #setCard: Command;
  readonly #see: Command;

  constructor(database: SqlDatabase) {
    this.#find = query(
      database,
      "SELECT permissions, first_seen, last_seen FROM syntha_agent WHERE tenant = ? AND name = ?",
    );
    this.#card = query(database, "SELECT card FROM syntha_agent WHERE tenant = ? AND name = ?");
    const names = (table: string, column: string, filter = ""): string =>
      `SELECT name FROM (SELECT DISTINCT ${column} AS name FROM syntha_${table}
         WHERE tenant = ? AND ${column} >= ?${filter} ORDER BY ${column} LIMIT ?)`;
    const union = (filter: string): string =>
      `${names("subscription", "agent")} UNION ${names("agent", "name", ` AND (${filter})`)} ORDER BY name LIMIT ?`;
    const holds = "permissions IS NOT NULL OR card IS NOT NULL";
    this.#names = query(database, union(`first_seen IS NOT NULL OR ${holds}`));
    this.#holders = query(database, union(holds));
    const set = (column: string): Command =>
      command(
        database,
        `INSERT INTO syntha_agent (tenant, name, ${column}) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET ${column} = excluded.${column}`,
      );
    this.#setPermissions = set("permissions");
    this.#setCard = set("card");
    this.#see = command(
      database,
      `INSERT INTO syntha_agent (tenant, name, first_seen, last_seen) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET first_seen = coalesce(first_seen, excluded.first_seen),
         last_seen = coalesce(excluded.last_seen, last_seen)`,
    );
  }

  find(tenant: number, agent: string): AgentRow {
    const row = this.#find.get(tenant, agent);
    if (row === undefined) return NO_ROW;
    const [permissions, firstSeen, lastSeen] = row;
    return {
      permissions: permissions === null ? null : parsePermissions(permissions),
      sighting: firstSeen === null ? undefined : { firstSeen, lastSeen },
    };
  }

  card(tenant: number, agent: string): AgentCard | null {
    const card = this.#card.get(tenant, agent)?.[0];
    return card ? parseCard(card) : null;
  }

  /** Names of agents that are known, or have any of what `holders` names, in order, starting at `from`. */
  names(tenant: number, from: string, limit: number): string[] {
    return this.#names.all(tenant, from, limit, tenant, from, limit, limit).map(([name]) => name);
  }

  /** Names of agents that have permissions, a card or a subscription, in order, starting at `from`. */
  holders(tenant: number, from: string, limit: number): string[] {
    return this.#holders.all(tenant, from, limit, tenant, from, limit, limit).map(([name]) => name);
  }

  setPermissions(tenant: number, agent: string, permissions: Permissions | null): void {
    const text = permissions === null ? null : JSON.stringify(permissions);
    this.#setPermissions.run(tenant, agent, text);
  }

  setCard(tenant: number, agent: string, card: AgentCard | null): void {
    this.#setCard.run(tenant, agent, card === null ? null : encodeCard(card));
  }

  see(tenant: number, { agent, acted }: AgentSighting, now: number): void {
    this.#see.run(tenant, agent, now, acted ? now : null);
  }
}
