import { toJsonLine } from "@syntha/telemetry";
import fc from "fast-check";
import { expect, it } from "vitest";
import { observed } from "./support/observed.ts";

/** Long enough to be found nowhere by chance. */
const secret = fc.stringMatching(/^[a-zA-Z0-9 :/é🔑"-]{4,24}$/u).map((text) => `§${text}§`);

it("tells nobody a key, a value, a topic or an event unless it was asked to", async () => {
  await fc.assert(
    fc.asyncProperty(secret, secret, secret, secret, async (key, value, topic, type) => {
      const { sdk, mesh, handler } = observed();
      const agent = mesh.agent("Writer");
      const bad = { ifRevision: 99 };
      const quietly = (work: Promise<unknown>): Promise<unknown> => work.catch(() => undefined);
      await agent.subscribe([topic]);
      await agent.push(key, { [value]: value }, { topics: [topic] });
      await quietly(agent.push(key, value, bad));
      await quietly(agent.delete(`${key}!`));
      await quietly(mesh.agent(" Other").push(key, value, { global: true }));
      await agent.pushMany([{ key: value, value: key, topics: [topic] }]);
      await agent.update(key, () => value);
      await agent.getMany([key, value]);
      await agent.getItem(key);
      await agent.list({ prefix: "§" });
      await agent.keysByTopic();
      await agent.publish(type, value, { topics: [topic] });
      await agent.events({ types: [type] });
      await agent.explain(key);
      const lease = await agent.claim({ topic });
      await lease?.complete(value);
      await quietly(lease?.release() ?? Promise.resolve());
      await mesh.system.history(key);
      await mesh.setPermissions(value, { post: [topic] });
      await mesh.deleteTopic(topic);
      await handler.handleToolCall("push_context", { key, value, topics: [topic] });
      await handler.handleToolCall("get_context", { keys: [key] });
      await handler.handleToolCall(value, { [key]: value });
      await handler.handleToolCall("push_context", value);
      await handler.handleToolCall("claim_task", { topic });
      await handler.handleToolCall("complete_task", { key, token: value });
      const spans = sdk.spans().map((span) => ({
        name: span.name,
        attributes: span.attributes,
        status: span.status,
        events: span.events,
        links: span.links,
      }));
      const measured = (await sdk.metrics()).map(({ descriptor, dataPoints }) => ({
        descriptor,
        dataPoints,
      }));
      const told = [
        JSON.stringify(spans),
        JSON.stringify(measured),
        ...sdk.records.map(toJsonLine),
      ].join("\n");
      expect(spans.length).toBeGreaterThan(40);
      expect(told).not.toContain("§");
    }),
    { numRuns: 25 },
  );
});
