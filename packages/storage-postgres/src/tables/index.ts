import { quotedName } from "../connection/statement.ts";
import { agentStatements } from "./agents.ts";
import { audienceStatements } from "./audiences.ts";
import { dependencyStatements } from "./dependencies.ts";
import { eventStatements } from "./events.ts";
import { factStatements } from "./facts.ts";
import { itemStatements } from "./items.ts";
import { logStatements } from "./log.ts";
import { queueStatements } from "./queue.ts";
import { rateStatements } from "./rates.ts";
import { subscriptionStatements } from "./subscriptions.ts";
import { tenantRowDeletions } from "./tenant-rows.ts";
import { tenantStatements } from "./tenants.ts";
import { topicStatements } from "./topics.ts";
import { usageStatements } from "./usage.ts";

/** The statements for the tables of one schema. Each takes the tenant as $1. */
export type Tables = ReturnType<typeof tablesOf>;

export function tablesOf(schemaName: string) {
  const schema = quotedName(schemaName);
  return {
    tenants: tenantStatements(schema),
    items: itemStatements(schema),
    audiences: audienceStatements(schema),
    dependencies: dependencyStatements(schema),
    queue: queueStatements(schema),
    topics: topicStatements(schema),
    agents: agentStatements(schema),
    subscriptions: subscriptionStatements(schema),
    facts: factStatements(schema),
    usage: usageStatements(schema),
    rates: rateStatements(schema),
    events: eventStatements(schema),
    log: logStatements(schema),
    deletions: tenantRowDeletions(schema),
  };
}
