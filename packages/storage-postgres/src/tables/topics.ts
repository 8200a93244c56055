import { prepared } from "../connection/statement.ts";
import { insertion } from "./insertion.ts";

/** What each topic has: subscribers and items. */
export function topicStatements(schema: string) {
  const columns = `SELECT name, subscribers, items FROM ${schema}.topic WHERE tenant = $1`;
  return {
    page: prepared(`${columns} AND name >= $2 ORDER BY name LIMIT $3`),
    byNames: prepared(`${columns} AND name = ANY($2::text[]) ORDER BY name`),
    set: insertion(
      schema,
      "topic",
      [
        ["name", "text"],
        ["subscribers", "bigint"],
        ["items", "bigint"],
      ],
      "ON CONFLICT (tenant, name) DO UPDATE SET subscribers = excluded.subscribers, items = excluded.items",
    ),
    remove: prepared(`DELETE FROM ${schema}.topic WHERE tenant = $1 AND name = ANY($2::text[])`),
  };
}
