import { type ContextMesh, isSynthaError } from "@syntha/core";
import type { ManualClock } from "@syntha/core/testing";
import type { Dice } from "./hostile.ts";

/** Of the teams that {@link actAtRandom} moves. */
export const TEAM: readonly string[] = ["Ann", "Bea", "Cem"];
const KEYS = ["a", "b:1", "b:2", "c/1", "c/2", "d", "e"];
const TOPICS = ["x", "y", "z"];

/** One random step of a team: a write, a subscription, a claim, an expiry. What the rules refuse changes nothing. */
export async function actAtRandom(
  mesh: ContextMesh,
  clock: ManualClock,
  roll: Dice,
): Promise<void> {
  const one = (values: readonly string[]): string => values[roll(values.length)] as string;
  const agent = mesh.agent(one(TEAM));
  const routes = [
    { topics: [one(TOPICS)] },
    { topics: [one(TOPICS), one(TOPICS)], subscribers: [one(TEAM)] },
    { subscribers: [one(TEAM)] },
    { global: true },
  ] as const;
  const route = routes[roll(routes.length)] as (typeof routes)[number];
  const ttl = roll(5) === 0 ? ("10s" as const) : undefined;
  const steps: readonly (() => Promise<unknown>)[] = [
    () => agent.push(one(KEYS), roll(1000), { ...route, ttl }),
    () => agent.push(one(KEYS), roll(1000), { ...route, ttl }),
    () => agent.push(one(KEYS), roll(1000)),
    () => mesh.system.push(one(KEYS), roll(1000), route),
    () => agent.pushMany(KEYS.slice(0, 3).map((key) => ({ key, value: roll(1000), ...route }))),
    () => agent.publish(one(["asked", "answered"]), roll(1000), route),
    () => agent.delete(one(KEYS)),
    () => mesh.system.delete(one(KEYS)),
    () => agent.subscribe([one(TOPICS)]),
    () => agent.subscribe([one(TOPICS)]),
    () => agent.unsubscribe([one(TOPICS)]),
    () => mesh.deleteTopic(one(TOPICS)),
    () => mesh.setPermissions(one(TEAM), { post: "*", subscribe: [one(TOPICS)], global: true }),
    () => mesh.setPermissions(one(TEAM), null),
    async () => (await agent.claim({ key: one(KEYS) }, { lease: "1h" }))?.complete("done"),
    async () => (await agent.claim({ key: one(KEYS) }, { lease: "1h" }))?.release(),
    async () => {
      clock.advance("4s");
      await mesh.sweep();
    },
  ];
  try {
    await steps[roll(steps.length)]?.();
  } catch (error) {
    if (!isSynthaError(error)) throw error;
  }
}
