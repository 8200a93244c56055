import { ContextMesh } from "@syntha/core";
import { resilientStorage } from "@syntha/resilience";
import { PostgresStorage } from "@syntha/storage-postgres";
import { TcpProxy } from "@syntha/testing-postgres";
import { freshSchema } from "@syntha/testing-postgres/vitest";
import { ToolHandler } from "@syntha/tools";
import { expect, it, onTestFinished } from "vitest";

it("opens during an outage of PostgreSQL and closes after it", async () => {
  const schema = await freshSchema();
  onTestFinished(() => schema.drop());
  const network = await TcpProxy.to(schema.url);
  onTestFinished(() => network.close());
  const storage = resilientStorage(
    new PostgresStorage({
      connectionString: network.url,
      schema: schema.name,
      busyTimeout: "500ms",
    }),
    {
      breaker: { failures: 3, halfOpenAfter: "250ms" },
      retry: { retries: 1, initialDelay: "10ms" },
      timeout: "2s",
    },
  );
  const mesh = new ContextMesh({ storage, sweepEvery: false, compactEvery: false });
  onTestFinished(() => mesh.close());
  const states: string[] = [];
  storage.breaker.onStateChange(({ to }) => states.push(to));
  const handler = new ToolHandler(mesh.agent("Ann"));
  const push = (value: string) =>
    handler.handleToolCall("push_context", { key: "k", value, global: true });
  const get = () => handler.handleToolCall("get_context", { keys: ["k"] });
  expect(await push("before")).toMatchObject({ success: true });

  network.blackhole();
  network.cut();
  for (let i = 0; i < 10 && storage.breaker.state === "closed"; i++) await get();
  expect(states).toEqual(["open"]);
  // One probe may be in flight to the unresponsive server; all other calls are refused without contacting it.
  const { refused } = storage.breaker.counts;
  const answers = await Promise.all(Array.from({ length: 100 }, get));
  expect(storage.breaker.counts.refused - refused).toBeGreaterThanOrEqual(99);
  expect(new Set(answers.map((answer) => !answer.success && answer.code))).toEqual(
    new Set(["UNAVAILABLE"]),
  );

  network.heal();
  await expect.poll(get).toMatchObject({ context: { k: "before" } });
  expect(storage.breaker.state).toBe("closed");
  expect(await push("after")).toMatchObject({ success: true });
  expect(states.at(-1)).toBe("closed");
});
