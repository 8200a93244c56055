import { SynthaError } from "@syntha/core";
import * as z from "zod";
import { minutesToMs } from "../arguments/duration.ts";
import { parameter } from "../schema/parameter.ts";
import { parseStructuredText } from "../arguments/structured-text.ts";
import { defineTool } from "../tool.ts";
import { audienceWarning, toRoute } from "./audience.ts";
import { DEFAULT_LEASE_MINUTES } from "./claim-task.ts";

const leaseParameters = { key: parameter.name, token: parameter.opaque };
const example = { key: "task:42", token: "2a7-k3f9-x1y2z3" };

export const extendTask = defineTool({
  name: "extend_task",
  toolset: "tasks",
  effect: "write",
  description: "Extend your claim on a task, counted from now.",
  input: z.strictObject({
    ...leaseParameters,
    lease_minutes: parameter.optionalLease.meta({ absent: String(DEFAULT_LEASE_MINUTES) }),
  }),
  example,
  async run({ agent }, { key, token, lease_minutes }) {
    const lease = minutesToMs(lease_minutes ?? DEFAULT_LEASE_MINUTES);
    const { expiresAt } = await agent.lease(key, token).extend(lease);
    return { key, lease_expires_at: expiresAt.toISOString() };
  },
});

export const completeTask = defineTool({
  name: "complete_task",
  toolset: "tasks",
  effect: "write",
  description:
    "Complete a claimed task. The result replaces its value, with a new audience if you name one. Without a result the task is removed.",
  input: z.strictObject({
    ...leaseParameters,
    result: parameter.optionalJson.meta({ absent: "none" }),
    topics: parameter.optionalAudience,
    subscribers: parameter.optionalAudience,
  }),
  example: { ...example, result: '{"answer":"Refunded"}', topics: ["results"] },
  async run(context, { key, token, result, topics, subscribers }) {
    const { agent, defaultTtl } = context;
    const lease = agent.lease(key, token);
    const route = toRoute({ topics, subscribers });
    if (result === null || result === undefined) {
      if (route.topics ?? route.subscribers) throw routeWithoutResult();
      await lease.complete();
      return { key, revision: null, topics_without_subscribers: [] };
    }
    const { revision = null, topicsWithoutSubscribers } = await lease.complete(
      parseStructuredText(result, "result"),
      {
        ...route,
        ...(defaultTtl !== undefined && { ttl: defaultTtl }),
      },
    );
    return { key, revision, ...audienceWarning(context, topicsWithoutSubscribers) };
  },
});

function routeWithoutResult(): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", "Topics and subscribers are for a result.", {
    hint: "Add a result, or set topics and subscribers to null to remove the task.",
    details: { path: "result" },
  });
}

export const releaseTask = defineTool({
  name: "release_task",
  toolset: "tasks",
  effect: "write",
  description: "Release a claimed task unfinished.",
  input: z.strictObject({
    ...leaseParameters,
    retry_in_minutes: parameter.optionalRetry.meta({
      description: "minutes until it can be claimed again",
      absent: "now",
    }),
  }),
  example,
  async run({ agent }, { key, token, retry_in_minutes }) {
    const retryIn = minutesToMs(retry_in_minutes ?? 0);
    await agent.lease(key, token).release({ retryIn });
    return { key };
  },
});
