import { prepared } from "../connection/statement.ts";
import { CLOCK } from "./tenants.ts";

/**
 * What a commit needs to know about agents, topics and subscriptions, in one statement. Parameters: pairs of agent and
 * key ($2, $3) for the topics of the key's item, without an agent for the topics alone; topics ($4); agents ($5); and,
 * rarely needed, pairs of agent and topic ($6, $7). Returns rows of kind, agent, topic, a text and three numbers.
 */
export function factStatements(schema: string) {
  const read = `SELECT 'clock', NULL::text, NULL::text, NULL::text, ${CLOCK}, NULL::bigint, NULL::bigint
       UNION ALL
       SELECT 'item', p.agent, t.topic, CASE WHEN s.is_there THEN 'subscribed' END, c.subscribers, c.items, NULL
         FROM unnest($2::text[], $3::text[]) p(agent, key)
         CROSS JOIN LATERAL (SELECT i.topics FROM ${schema}.item i WHERE i.tenant = $1 AND i.key = p.key LIMIT 1) i
         CROSS JOIN LATERAL unnest(i.topics) t(topic)
         LEFT JOIN LATERAL (SELECT c.subscribers, c.items FROM ${schema}.topic c
           WHERE c.tenant = $1 AND c.name = t.topic LIMIT 1) c ON true
         LEFT JOIN LATERAL (SELECT true AS is_there FROM ${schema}.subscription s
           WHERE s.tenant = $1 AND s.agent = p.agent AND s.topic = t.topic LIMIT 1) s ON true
       UNION ALL
       SELECT 'topic', NULL, n.name, NULL, c.subscribers, c.items, NULL FROM unnest($4::text[]) n(name)
         CROSS JOIN LATERAL (SELECT c.subscribers, c.items FROM ${schema}.topic c
           WHERE c.tenant = $1 AND c.name = n.name LIMIT 1) c
       UNION ALL
       SELECT 'agent', n.name, NULL, a.permissions, a.subscriptions, a.first_seen, a.last_seen
         FROM unnest($5::text[]) n(name)
         CROSS JOIN LATERAL (SELECT a.permissions, a.subscriptions, a.first_seen, a.last_seen FROM ${schema}.agent a
           WHERE a.tenant = $1 AND a.name = n.name LIMIT 1) a`;
  return {
    /** The rows of `read`, by statements about one table each. */
    clock: prepared(
      `SELECT 'clock', NULL::text, NULL::text, NULL::text, ${CLOCK}, NULL::bigint, NULL::bigint
       FROM ${schema}.tenant WHERE name = $1`,
    ),
    topics: prepared(
      `SELECT 'topic', NULL::text, name, NULL::text, subscribers, items, NULL::bigint
       FROM ${schema}.topic WHERE tenant = $1 AND name = ANY($2::text[])`,
    ),
    agents: prepared(
      `SELECT 'agent', name, NULL::text, permissions, subscriptions, first_seen, last_seen
       FROM ${schema}.agent WHERE tenant = $1 AND name = ANY($2::text[])`,
    ),
    /** Topics ($3) to which an agent ($2) is subscribed. */
    pairs: prepared(
      `SELECT 'pair', agent, topic, NULL::text, NULL::bigint, NULL::bigint, NULL::bigint
       FROM ${schema}.subscription WHERE tenant = $1 AND agent = $2 AND topic = ANY($3::text[])`,
    ),
    read: prepared(read),
    readWithPairs: prepared(
      `${read}
       UNION ALL
       SELECT 'pair', p.agent, p.topic, NULL, NULL, NULL, NULL FROM unnest($6::text[], $7::text[]) p(agent, topic)
         CROSS JOIN LATERAL (SELECT 1 FROM ${schema}.subscription s
           WHERE s.tenant = $1 AND s.agent = p.agent AND s.topic = p.topic LIMIT 1) s`,
    ),
  };
}
