import { prepared, type Statement } from "../connections/statement.ts";

const TABLES = [
  "item",
  "edge",
  "ready",
  "topic",
  "agent",
  "subscription",
  "past_subscription",
  "event",
  "event_edge",
  "log",
] as const;

/** Statements that leave nothing of a tenant. */
export function dropSql(schema: string): readonly Statement[] {
  return [
    ...TABLES.map((table) => prepared(`DELETE FROM ${schema}.${table} WHERE tenant = $1`)),
    prepared(`DELETE FROM ${schema}.tenant WHERE name = $1`),
  ];
}
