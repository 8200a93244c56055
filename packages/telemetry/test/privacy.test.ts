import { toJsonLine } from "@syntha/telemetry";
import fc from "fast-check";
import { expect, it } from "vitest";
import { instrumented } from "./support/instrumented.ts";

/** Long enough not to occur by chance. */
const secret = fc.stringMatching(/^[a-zA-Z0-9 :/é🔑"-]{4,24}$/u).map((text) => `§${text}§`);

it("records no keys, values, topics or event types by default", async () => {
  await fc.assert(
    fc.asyncProperty(secret, secret, secret, secret, async (key, value, topic, type) => {
      const { sdk, mesh, handler } = instrumented();
      const agent = mesh.agent("Writer");
      const bad = { ifRevision: 99 };
      const ignoringErrors = (work: Promise<unknown>): Promise<unknown> =>
        work.catch(() => undefined);
      await agent.subscribe([topic]);
      await agent.push(key, { [value]: value }, { topics: [topic] });
      await ignoringErrors(agent.push(key, value, bad));
      await ignoringErrors(agent.delete(`${key}!`));
      await ignoringErrors(mesh.agent(" Other").push(key, value, { global: true }));
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
      await ignoringErrors(lease?.release() ?? Promise.resolve());
      await mesh.system.history(key);
      await mesh.setPermissions(value, { post: [topic] });
      await mesh.deleteTopic(topic);
      await handler.handleToolCall("push_context", { key, value, topics: [topic] });
      await handler.handleToolCall("get_context", { keys: [key] });
      await handler.handleToolCall(value, { [key]: value });
      await handler.handleToolCall("push_context", value);
      await handler.handleToolCall("claim_task", { topics: [topic] });
      await handler.handleToolCall("complete_task", { key, token: value });
      const spans = sdk.spans().map((span) => ({
        name: span.name,
        attributes: span.attributes,
        status: span.status,
        events: span.events,
        links: span.links,
      }));
      const metrics = (await sdk.metrics()).map(({ descriptor, dataPoints }) => ({
        descriptor,
        dataPoints,
      }));
      const recorded = [
        JSON.stringify(spans),
        JSON.stringify(metrics),
        ...sdk.records.map(toJsonLine),
      ].join("\n");
      expect(spans.length).toBeGreaterThan(40);
      expect(recorded).not.toContain("§");
    }),
    { numRuns: 25 },
  );
});
