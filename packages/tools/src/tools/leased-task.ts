import { SynthaError } from "@syntha/core";
import * as z from "zod";
import { minutesToMs } from "../arguments/duration.ts";
import { field } from "../schema/field.ts";
import { parameter } from "../schema/parameter.ts";
import { parseStructuredText } from "../arguments/structured-text.ts";
import { defineTool } from "../tool.ts";
import { audienceWarning, toRoute, warningFields } from "./audience.ts";
import { DEFAULT_LEASE_MINUTES } from "./claim-task.ts";

const leaseParameters = { key: parameter.name, token: parameter.opaque };
const example = { key: "task:42", token: "2a7-k3f9-x1y2z3" };

export const extendTask = defineTool({
  name: "extend_task",
  toolset: "tasks",
  effect: "write",
  description: "Extend your claim, counted from now.",
  input: z.strictObject({
    ...leaseParameters,
    lease_minutes: parameter.optionalLease,
  }),
  output: z.object({ key: field.text, lease_expires_at: field.time }),
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
  description: "Complete a claimed task. A result replaces its value; without one it is removed.",
  input: z.strictObject({
    ...leaseParameters,
    result: parameter.optionalJson,
    topics: parameter.optionalAudience,
    subscribers: parameter.optionalAudience,
  }),
  output: z.object({
    key: field.text,
    revision: field.revision.nullable().describe("of the result; null without one"),
    ...warningFields,
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
    const done = await lease.complete(parseStructuredText(result, "result"), {
      ...route,
      ttl: defaultTtl,
    });
    return { key, revision: done.revision ?? null, ...audienceWarning(context, done) };
  },
});

function routeWithoutResult(): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", "Topics and subscribers are for a result.", {
    hint: "Add a result, or set topics and subscribers to null to remove the task.",
    details: { path: "result" },
  });
}

export const handOffTask = defineTool({
  name: "hand_off_task",
  toolset: "tasks",
  effect: "write",
  description: "Pass a claimed task on to others, with a new value.",
  input: z.strictObject({
    ...leaseParameters,
    value: parameter.json,
    topics: parameter.optionalAudience,
    subscribers: parameter.optionalAudience,
  }),
  output: z.object({ key: field.text, revision: field.revision, ...warningFields }),
  example: { ...example, value: '{"draft":"…"}', topics: ["review"] },
  async run(context, { key, token, value, topics, subscribers }) {
    const { agent, defaultTtl } = context;
    const handedOff = await agent.lease(key, token).handOff(parseStructuredText(value, "value"), {
      ...toRoute({ topics, subscribers }),
      ttl: defaultTtl,
    });
    return { key, revision: handedOff.revision, ...audienceWarning(context, handedOff) };
  },
});

export const releaseTask = defineTool({
  name: "release_task",
  toolset: "tasks",
  effect: "write",
  description: "Release a claimed task unfinished.",
  input: z.strictObject({
    ...leaseParameters,
    error: parameter.optionalText,
    retry_in_minutes: parameter.optionalRetry,
  }),
  output: z.object({ key: field.text }),
  example: { ...example, error: "The source is offline." },
  async run({ agent }, { key, token, error, retry_in_minutes }) {
    const retryIn = minutesToMs(retry_in_minutes ?? 0);
    await agent.lease(key, token).release({ retryIn, error: error ?? undefined });
    return { key };
  },
});

export const retryTask = defineTool({
  name: "retry_task",
  toolset: "tasks",
  effect: "write",
  description: "Make a failed task of yours available again.",
  input: z.strictObject({ key: parameter.name }),
  output: z.object({ key: field.text, revision: field.revision }),
  example: { key: "task:42" },
  async run({ agent }, { key }) {
    const { revision } = await agent.retry(key);
    return { key, revision };
  },
});
