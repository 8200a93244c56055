import { prepared } from "../connections/statement.ts";
import { found } from "./found.ts";
import { insertion } from "./insertion.ts";
import { CLOCK } from "./tenant.ts";

export type TieSql = ReturnType<typeof tieSql>;

/** Agents, topics, and the subscriptions between them. */
export function tieSql(schema: string) {
  const past = `SELECT agent, topic, from_position, until_position FROM ${schema}.past_subscription WHERE tenant = $1`;
  const facts = `SELECT 'clock', NULL::text, NULL::text, ${CLOCK}, NULL::bigint, NULL::text
       UNION ALL
       SELECT 'row', p.agent, t.topic, c.subscribers, c.items,
         CASE WHEN s.is_there THEN 'subscribed' END
         FROM unnest($2::text[], $3::text[]) p(agent, key)
         CROSS JOIN LATERAL (SELECT i.topics FROM ${schema}.item i WHERE i.tenant = $1 AND i.key = p.key LIMIT 1) i
         CROSS JOIN LATERAL unnest(i.topics) t(topic)
         LEFT JOIN LATERAL (SELECT c.subscribers, c.items FROM ${schema}.topic c
           WHERE c.tenant = $1 AND c.name = t.topic LIMIT 1) c ON true
         LEFT JOIN LATERAL (SELECT true AS is_there FROM ${schema}.subscription s
           WHERE s.tenant = $1 AND s.agent = p.agent AND s.topic = t.topic LIMIT 1) s ON true
       UNION ALL
       SELECT 'topic', NULL, n.name, c.subscribers, c.items, NULL FROM unnest($4::text[]) n(name)
         CROSS JOIN LATERAL (SELECT c.subscribers, c.items FROM ${schema}.topic c
           WHERE c.tenant = $1 AND c.name = n.name LIMIT 1) c
       UNION ALL
       SELECT 'agent', n.name, NULL, a.subscriptions, NULL, a.permissions FROM unnest($5::text[]) n(name)
         CROSS JOIN LATERAL (SELECT a.subscriptions, a.permissions FROM ${schema}.agent a
           WHERE a.tenant = $1 AND a.name = n.name LIMIT 1) a`;
  return {
    /**
     * What decisions ask of them, in one statement: rows of kind, agent, topic, two numbers and a text. Parameters: pairs
     * of agent and key, for the topics of the key's row ($2, $3), and without an agent; topics ($4); agents ($5); and,
     * asked for more rarely, pairs of agent and topic ($6, $7).
     */
    facts: prepared(facts),
    factsWithPairs: prepared(
      `${facts}
       UNION ALL
       SELECT 'pair', p.agent, p.topic, NULL, NULL, NULL FROM unnest($6::text[], $7::text[]) p(agent, topic)
         CROSS JOIN LATERAL (SELECT 1 FROM ${schema}.subscription s
           WHERE s.tenant = $1 AND s.agent = p.agent AND s.topic = p.topic LIMIT 1) s`,
    ),
    topicsOf: prepared(
      `SELECT topic FROM ${schema}.subscription WHERE tenant = $1 AND agent = $2 ORDER BY topic`,
    ),
    topicsOfAt: prepared(
      `SELECT topic FROM ${schema}.subscription WHERE tenant = $1 AND agent = $2 AND from_position <= $3
       UNION
       SELECT topic FROM ${schema}.past_subscription
       WHERE tenant = $1 AND agent = $2 AND until_position > $3 AND from_position <= $3
       ORDER BY topic`,
    ),
    agent: prepared(`SELECT permissions FROM ${schema}.agent WHERE tenant = $1 AND name = $2`),
    /** Agents with what they may do, by name. */
    agentsFrom: prepared(
      `SELECT name, permissions FROM ${schema}.agent WHERE tenant = $1 AND name > $2 ORDER BY name LIMIT $3`,
    ),
    /** The same, beginning at a name, and with what each is subscribed to. */
    agentsWithTopics: prepared(
      `SELECT a.name, a.permissions, to_json(ARRAY(SELECT s.topic FROM ${schema}.subscription s
         WHERE s.tenant = $1 AND s.agent = a.name ORDER BY s.topic))::text
       FROM ${schema}.agent a WHERE a.tenant = $1 AND a.name >= $2 ORDER BY a.name LIMIT $3`,
    ),
    agentsNamed: prepared(
      `SELECT name, permissions FROM ${schema}.agent WHERE tenant = $1 AND name = ANY($2::text[])`,
    ),
    /** What agents are subscribed to, and from where. */
    subscriptionsOf: prepared(
      `SELECT agent, topic, from_position FROM ${schema}.subscription WHERE tenant = $1 AND agent = ANY($2::text[])
       ORDER BY agent, topic`,
    ),
    /** Subscriptions that ended, behind a place. */
    pastFrom: prepared(
      `${past} AND (agent, until_position, topic) > ($2, $3::bigint, $4) ORDER BY agent, until_position, topic LIMIT $5`,
    ),
    /** Those of agents that ended behind a position. */
    pastOf: prepared(
      `${past} AND agent = ANY($2::text[]) AND until_position > $3 ORDER BY agent, until_position, topic`,
    ),
    subscribersOf: prepared(
      `SELECT agent FROM ${schema}.subscription WHERE tenant = $1 AND topic = $2 AND agent > $3 ORDER BY agent LIMIT $4`,
    ),
    topicsFrom: prepared(
      `SELECT name, subscribers, items FROM ${schema}.topic WHERE tenant = $1 AND name >= $2 ORDER BY name LIMIT $3`,
    ),
    topicsNamed: prepared(
      `SELECT name, subscribers, items FROM ${schema}.topic WHERE tenant = $1 AND name = ANY($2::text[]) ORDER BY name`,
    ),
    setTopics: insertion(
      `${schema}.topic`,
      [
        ["name", "text"],
        ["subscribers", "bigint"],
        ["items", "bigint"],
      ],
      "ON CONFLICT (tenant, name) DO UPDATE SET subscribers = excluded.subscribers, items = excluded.items",
    ),
    removeTopics: prepared(
      `DELETE FROM ${schema}.topic WHERE tenant = $1 AND name = ANY($2::text[])`,
    ),
    setAgents: prepared(
      `INSERT INTO ${schema}.agent (tenant, name, subscriptions, permissions)
       SELECT $1, u.name, u.subscriptions, u.permissions
       FROM unnest($2::text[], $3::bigint[], $4::text[]) u(name, subscriptions, permissions)
       ON CONFLICT (tenant, name) DO UPDATE SET subscriptions = excluded.subscriptions, permissions = excluded.permissions`,
    ),
    removeAgents: prepared(
      `DELETE FROM ${schema}.agent WHERE tenant = $1 AND name = ANY($2::text[])`,
    ),
    subscribe: prepared(
      `INSERT INTO ${schema}.subscription (tenant, agent, topic, from_position)
       SELECT $1, u.agent, u.topic, u.position FROM unnest($2::text[], $3::text[], $4::bigint[]) u(agent, topic, position)`,
    ),
    unsubscribe: prepared(
      `WITH gone AS (
         DELETE FROM ${schema}.subscription s USING ${found(
           "unnest($2::text[], $3::text[], $4::bigint[]) u(agent, topic, position)",
           `${schema}.subscription`,
           "x.tenant = $1 AND x.agent = u.agent AND x.topic = u.topic",
         )} WHERE s.ctid = u.place
         RETURNING s.agent, u.position, s.topic, s.from_position)
       INSERT INTO ${schema}.past_subscription (tenant, agent, until_position, topic, from_position)
       SELECT $1, agent, position, topic, from_position FROM gone ON CONFLICT DO NOTHING`,
    ),
    /** Takes all of agents' away, and keeps nothing of them. */
    removeSubscriptions: prepared(
      `DELETE FROM ${schema}.subscription WHERE tenant = $1 AND agent = ANY($2::text[])`,
    ),
    keepPast: prepared(
      `INSERT INTO ${schema}.past_subscription (tenant, agent, topic, from_position, until_position)
       SELECT $1, u.* FROM unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[]) u(agent, topic, start, until)
       ON CONFLICT DO NOTHING`,
    ),
    /** Forgets what ended at or before the log's floor ($3), up to a number of them ($2). */
    forget: prepared(
      `DELETE FROM ${schema}.past_subscription WHERE ctid = ANY(ARRAY(
         SELECT s.ctid FROM ${schema}.past_subscription s WHERE s.tenant = $1 AND s.until_position <= $3 LIMIT $2))`,
    ),
    /** Ends every subscription to a topic; gives how many agents have none left. Those that have no permissions either go. */
    endSubscriptions: prepared(
      `WITH gone AS (
         DELETE FROM ${schema}.subscription WHERE tenant = $1 AND topic = $2 RETURNING agent, topic, from_position),
       past AS (
         INSERT INTO ${schema}.past_subscription (tenant, agent, until_position, topic, from_position)
         SELECT $1, agent, $3::bigint, topic, from_position FROM gone ON CONFLICT DO NOTHING),
       idle AS (
         DELETE FROM ${schema}.agent a
         USING ${found(
           "gone u",
           `${schema}.agent`,
           "x.tenant = $1 AND x.name = u.agent AND x.subscriptions = 1 AND x.permissions IS NULL",
         )}
         WHERE a.ctid = u.place RETURNING 1),
       left_over AS (
         UPDATE ${schema}.agent a SET subscriptions = a.subscriptions - 1
         FROM ${found(
           "gone u",
           `${schema}.agent`,
           "x.tenant = $1 AND x.name = u.agent AND NOT (x.subscriptions = 1 AND x.permissions IS NULL)",
         )}
         WHERE a.ctid = u.place RETURNING a.subscriptions)
       SELECT (SELECT count(*) FROM idle) + (SELECT count(*) FILTER (WHERE subscriptions = 0) FROM left_over)`,
    ),
    /**
     * Ends the subscriptions to topics that began before a position ($2, $3), at the first such; gives each topic with
     * how many ended, and last, without a topic, how many agents have none left. Those that have no permissions either go.
     */
    endSubscriptionsBefore: prepared(
      `WITH ended AS (
         SELECT s.agent, s.topic, s.from_position, s.place, min(u.position) AS until_position
         FROM unnest($2::text[], $3::bigint[]) u(topic, position)
         CROSS JOIN LATERAL (SELECT s.agent, s.topic, s.from_position, s.ctid AS place FROM ${schema}.subscription s
           WHERE s.tenant = $1 AND s.topic = u.topic AND s.from_position < u.position OFFSET 0) s
         GROUP BY s.agent, s.topic, s.from_position, s.place),
       gone AS (DELETE FROM ${schema}.subscription s USING ended e WHERE s.ctid = e.place),
       past AS (
         INSERT INTO ${schema}.past_subscription (tenant, agent, until_position, topic, from_position)
         SELECT $1, agent, until_position, topic, from_position FROM ended ON CONFLICT DO NOTHING),
       many AS (SELECT agent, count(*) AS ended FROM ended GROUP BY agent),
       idle AS (
         DELETE FROM ${schema}.agent a
         USING ${found(
           "many u",
           `${schema}.agent`,
           "x.tenant = $1 AND x.name = u.agent AND x.subscriptions = u.ended AND x.permissions IS NULL",
         )}
         WHERE a.ctid = u.place RETURNING 1),
       left_over AS (
         UPDATE ${schema}.agent a SET subscriptions = a.subscriptions - u.ended
         FROM ${found(
           "many u",
           `${schema}.agent`,
           "x.tenant = $1 AND x.name = u.agent AND NOT (x.subscriptions = u.ended AND x.permissions IS NULL)",
         )}
         WHERE a.ctid = u.place RETURNING a.subscriptions)
       SELECT topic, count(*) FROM ended GROUP BY topic
       UNION ALL
       SELECT NULL, (SELECT count(*) FROM idle) + (SELECT count(*) FILTER (WHERE subscriptions = 0) FROM left_over)`,
    ),
  };
}
