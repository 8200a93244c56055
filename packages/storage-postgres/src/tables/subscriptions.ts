import { prepared, type Statement } from "../connection/statement.ts";
import { indexLookup, isFound, withFound } from "./index-lookup.ts";
import { insertion } from "./insertion.ts";

/** Current subscriptions, and those that ended after the log's floor. */
export function subscriptionStatements(schema: string) {
  const past = `SELECT agent, topic, from_position, until_position FROM ${schema}.past_subscription WHERE tenant = $1`;
  const recordPast = (rows: string): Statement =>
    prepared(
      `INSERT INTO ${schema}.past_subscription (tenant, agent, until_position, topic, from_position)
       ${rows} ON CONFLICT DO NOTHING`,
    );
  /** Updates the agents in a list `u` that have lost `ended` subscriptions. */
  const updateAgents = (list: string, ended: string): string => `
       updated_agent AS (
         UPDATE ${schema}.agent a SET subscriptions = a.subscriptions - ${ended}
         FROM ${indexLookup(list, `${schema}.agent`, "x.tenant = $1 AND x.name = u.agent")}
         WHERE ${isFound("a")} RETURNING a.subscriptions)`;
  const unsubscribedAgents = "(SELECT count(*) FROM updated_agent WHERE subscriptions = 0)";
  const subscribedBefore = `unnest($2::text[], $3::bigint[]) u(topic, position)
    CROSS JOIN LATERAL (SELECT s.tenant, s.agent, s.topic, s.from_position, s.ctid AS row_id FROM ${schema}.subscription s
      WHERE s.tenant = $1 AND s.topic = u.topic AND s.from_position < u.position OFFSET 0) s`;
  return {
    topicsOf: prepared(
      `SELECT topic FROM ${schema}.subscription WHERE tenant = $1 AND agent = $2 ORDER BY topic`,
    ),
    /** The topics at a position of the log ($3). */
    topicsOfAt: prepared(
      `SELECT topic FROM ${schema}.subscription WHERE tenant = $1 AND agent = $2 AND from_position <= $3
       UNION
       SELECT topic FROM ${schema}.past_subscription
       WHERE tenant = $1 AND agent = $2 AND until_position > $3 AND from_position <= $3
       ORDER BY topic`,
    ),
    subscribersOf: prepared(
      `SELECT agent FROM ${schema}.subscription WHERE tenant = $1 AND topic = $2 AND agent > $3 ORDER BY agent LIMIT $4`,
    ),
    of: prepared(
      `SELECT agent, topic, from_position FROM ${schema}.subscription WHERE tenant = $1 AND agent = ANY($2::text[])
       ORDER BY agent, topic`,
    ),
    pastPage: prepared(
      `${past} AND (agent, until_position, topic) > ($2, $3::bigint, $4) ORDER BY agent, until_position, topic LIMIT $5`,
    ),
    /** Past subscriptions of agents that ended after a position ($3). */
    pastOf: prepared(
      `${past} AND agent = ANY($2::text[]) AND until_position > $3 ORDER BY agent, until_position, topic`,
    ),
    add: insertion(schema, "subscription", [
      ["agent", "text"],
      ["topic", "text"],
      ["from_position", "bigint"],
    ]),
    /** Records the subscriptions that `end` with the same parameters deletes. */
    recordEnd: recordPast(
      `SELECT s.tenant, u.agent, u.position, u.topic, s.from_position
       FROM unnest($2::text[], $3::text[], $4::bigint[]) u(agent, topic, position)
       CROSS JOIN LATERAL (SELECT s.tenant, s.from_position FROM ${schema}.subscription s
         WHERE s.tenant = $1 AND s.agent = u.agent AND s.topic = u.topic OFFSET 0) s`,
    ),
    end: prepared(
      `DELETE FROM ${schema}.subscription s USING ${indexLookup(
        "unnest($2::text[], $3::text[], $4::bigint[]) u(agent, topic, position)",
        `${schema}.subscription`,
        "x.tenant = $1 AND x.agent = u.agent AND x.topic = u.topic",
      )} WHERE ${isFound("s")}`,
    ),
    /** Deletes all subscriptions of agents without recording them as past. */
    remove: prepared(
      `DELETE FROM ${schema}.subscription WHERE tenant = $1 AND agent = ANY($2::text[])`,
    ),
    addPast: insertion(
      schema,
      "past_subscription",
      [
        ["agent", "text"],
        ["topic", "text"],
        ["from_position", "bigint"],
        ["until_position", "bigint"],
      ],
      "ON CONFLICT DO NOTHING",
    ),
    /** Deletes up to $2 past subscriptions that ended at or before the log's floor ($3). */
    removePast: prepared(
      `${withFound(
        `SELECT s.ctid AS row_id FROM ${schema}.past_subscription s
         WHERE s.tenant = $1 AND s.until_position <= $3 LIMIT $2`,
      )} DELETE FROM ${schema}.past_subscription p USING u WHERE ${isFound("p")}`,
    ),
    /** Records that every subscription to a topic ($2) ends at a position ($3), before `endAll` deletes them. */
    recordEndOfAll: recordPast(
      `SELECT tenant, agent, $3::bigint, topic, from_position FROM ${schema}.subscription WHERE tenant = $1 AND topic = $2`,
    ),
    /** Ends every subscription to a topic ($2). Returns the number of agents with no subscriptions left. */
    endAll: prepared(
      `WITH ended AS (
         DELETE FROM ${schema}.subscription WHERE tenant = $1 AND topic = $2 RETURNING agent),
       ${updateAgents("ended u", "1")}
       SELECT ${unsubscribedAgents}`,
    ),
    /**
     * Records that the subscriptions to topics ($2) that began before a position ($3) end at the first such position,
     * before `endAllBefore` deletes them.
     */
    recordEndBefore: recordPast(
      `SELECT s.tenant, s.agent, min(u.position), s.topic, s.from_position FROM ${subscribedBefore}
       GROUP BY s.tenant, s.agent, s.topic, s.from_position`,
    ),
    /**
     * Ends the same subscriptions. Returns each topic with its number of ended subscriptions, and a last row without a
     * topic: the number of agents with none left.
     */
    endAllBefore: prepared(
      `WITH ended AS (SELECT DISTINCT s.agent, s.topic, s.row_id FROM ${subscribedBefore}),
       deleted AS (DELETE FROM ${schema}.subscription s USING ended u WHERE ${isFound("s")}),
       per_agent AS (SELECT agent, count(*) AS ended FROM ended GROUP BY agent),
       ${updateAgents("per_agent u", "u.ended")}
       SELECT topic, count(*) FROM ended GROUP BY topic
       UNION ALL
       SELECT NULL, ${unsubscribedAgents}`,
    ),
  };
}
