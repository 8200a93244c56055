import { parsePermissions, type Permissions } from "@syntha/core/storage";
import { prepared } from "../connection/statement.ts";

/** The permissions of agents, and how many subscriptions each has. */
export function agentStatements(schema: string) {
  const columns = `SELECT name, permissions FROM ${schema}.agent WHERE tenant = $1`;
  return {
    permissionsOf: prepared(
      `SELECT permissions FROM ${schema}.agent WHERE tenant = $1 AND name = $2`,
    ),
    page: prepared(`${columns} AND name > $2 ORDER BY name LIMIT $3`),
    byNames: prepared(`${columns} AND name = ANY($2::text[])`),
    /** A page that begins at a name ($2), with the topics that each agent is subscribed to. */
    pageWithTopics: prepared(
      `SELECT a.name, a.permissions, to_json(ARRAY(SELECT s.topic FROM ${schema}.subscription s
         WHERE s.tenant = $1 AND s.agent = a.name ORDER BY s.topic))::text
       FROM ${schema}.agent a WHERE a.tenant = $1 AND a.name >= $2 ORDER BY a.name LIMIT $3`,
    ),
    set: prepared(
      `INSERT INTO ${schema}.agent (tenant, name, subscriptions, permissions)
       SELECT $1, u.name, u.subscriptions, u.permissions
       FROM unnest($2::text[], $3::bigint[], $4::text[]) u(name, subscriptions, permissions)
       ON CONFLICT (tenant, name) DO UPDATE SET subscriptions = excluded.subscriptions, permissions = excluded.permissions`,
    ),
    remove: prepared(`DELETE FROM ${schema}.agent WHERE tenant = $1 AND name = ANY($2::text[])`),
  };
}

export function toPermissions(text: string | null): Permissions | null {
  return text === null ? null : parsePermissions(text);
}
