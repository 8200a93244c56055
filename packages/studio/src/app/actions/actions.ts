import type { JsonValue } from "@syntha/core";
import { act } from "../state/request.ts";
import { tenant } from "../state/route.ts";
import { perform } from "../state/toasts.ts";
import { plural } from "../text/units.ts";

/** What the person does. Each shows how it ended. */
export function retry(key: string): Promise<boolean> {
  return perform(act("api/retry", { tenant: tenant.value, key }), () => `“${key}” is open again.`);
}

export function release(
  key: string,
  agent: string | undefined,
  error: string | undefined,
): Promise<boolean> {
  return perform(
    act("api/release", { tenant: tenant.value, key, agent, error }),
    (released) => `“${key}” is open again. ${released.agent ?? "The system"} no longer holds it.`,
  );
}

export function retryAll(): Promise<boolean> {
  return perform(
    act("api/retry-all", { tenant: tenant.value }),
    ({ retried, failed, more }) =>
      `${plural(retried.length, "task is open again", "tasks are open again")}` +
      (failed.length === 0 ? "." : `, ${failed.length} could not be retried.`) +
      (more ? " More are left: do it again." : ""),
  );
}

export function restore(key: string, revision: number): Promise<boolean> {
  return perform(
    act("api/restore", { tenant: tenant.value, key, revision }),
    (answer) => `“${key}” has the value of #${revision} again, as #${answer.revision}.`,
  );
}

export function remove(key: string): Promise<boolean> {
  return perform(act("api/delete", { tenant: tenant.value, key }), ({ deleted }) =>
    deleted ? `“${key}” is deleted.` : `“${key}” did not exist any more.`,
  );
}

export function say(agent: string, message: string): Promise<boolean> {
  return perform(
    act("api/say", { tenant: tenant.value, agent, message }),
    ({ key }) => `${agent} finds the message as “${key}”.`,
  );
}

export function subscribe(agent: string, topic: string): Promise<boolean> {
  return perform(
    act("api/subscribe", { tenant: tenant.value, agent, topics: [topic] }),
    ({ topics }) =>
      topics.length === 0
        ? `${agent} was subscribed to #${topic} already.`
        : `${agent} is subscribed to #${topic}.`,
  );
}

export function unsubscribe(agent: string, topic: string): Promise<boolean> {
  return perform(
    act("api/unsubscribe", { tenant: tenant.value, agent, topics: [topic] }),
    () => `${agent} is no longer subscribed to #${topic}.`,
  );
}

export interface Write {
  readonly key: string;
  readonly value: JsonValue;
  readonly topics?: readonly string[] | undefined;
  readonly subscribers?: readonly string[] | undefined;
  readonly global?: boolean | undefined;
}

export function push(write: Write): Promise<boolean> {
  return perform(
    act("api/push", { tenant: tenant.value, ...write }),
    ({
      key,
      revision,
      topicsWithoutSubscribers: withoutSubscribers,
      unknownSubscribers: unknown,
    }) =>
      `“${key}” is written as #${revision}.` +
      (withoutSubscribers.length === 0
        ? ""
        : ` No one is subscribed to ${withoutSubscribers.join(", ")}.`) +
      (unknown.length === 0
        ? ""
        : ` No agent is called ${unknown.map(({ name }) => name).join(", ")}.`),
  );
}

export function setPermissions(
  agent: string,
  permissions: Parameters<typeof act<"api/permissions">>[1]["permissions"],
): Promise<boolean> {
  return perform(act("api/permissions", { tenant: tenant.value, agent, permissions }), () =>
    permissions === null ? `${agent} may do everything.` : `${agent} has these permissions now.`,
  );
}
