import { context, trace } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { MemoryStorage, SynthaError } from "@syntha/core";
import { expect, it } from "vitest";
import { instrumented } from "./support/instrumented.ts";

const parentOf = (span: ReadableSpan | undefined): string | undefined =>
  span?.parentSpanContext?.spanId;
const idOf = (span: ReadableSpan | undefined): string | undefined => span?.spanContext().spanId;

it("nests spans of storage, mesh, tool and caller", async () => {
  const { sdk, handler } = instrumented();
  await sdk.tracer.startActiveSpan("request", async (request) => {
    await Promise.resolve();
    await handler.handleToolCall("push_context", { key: "a", value: "b", global: true });
    await handler.handleToolCall("get_context", { keys: ["a"] });
    request.end();
  });
  const [request] = sdk.named("request");
  const [push] = sdk.named("execute_tool push_context");
  const [upsert] = sdk.named("upsert_memory");
  const [commit] = sdk.named("commit");
  expect([push, upsert, commit].map(parentOf)).toEqual([request, push, upsert].map(idOf));
  const [get] = sdk.named("execute_tool get_context");
  const [search] = sdk.named("search_memory");
  const [read] = sdk.named("get");
  expect([get, search, read].map(parentOf)).toEqual([request, get, search].map(idOf));
  expect(new Set(sdk.spans().map((span) => span.spanContext().traceId)).size).toBe(1);
});

it("links a commit of several callers to each of them", async () => {
  const { sdk, mesh } = instrumented();
  await mesh.system.push("first", 1, { global: true });
  const keys = ["a", "b", "c"];
  await Promise.all(
    keys.map((key) =>
      sdk.tracer.startActiveSpan(`caller ${key}`, async (span) => {
        await mesh.agent("Writer").push(key, 1, { global: true });
        span.end();
      }),
    ),
  );
  const group = sdk.named("commit").at(-1);
  expect(group?.attributes["db.operation.batch.size"]).toBe(3);
  expect(parentOf(group)).toBeUndefined();
  const writers = sdk.named("upsert_memory").slice(-3);
  const linked = group?.links.map((link) => link.context.spanId);
  expect(new Set(linked)).toEqual(new Set(writers.map(idOf)));
  const sizes = await sdk.histogram("syntha.storage.commit.size");
  expect(sizes.descriptor.unit).toBe("{commit}");
  expect(sizes.dataPoints[0]?.value).toMatchObject({ count: 2, sum: 4 });
});

it("makes a queued commit a child of its own caller", async () => {
  const storage = new MemoryStorage();
  const { sdk, mesh } = instrumented({}, storage);
  await mesh.system.push("first", 1, { global: true });
  const commit = storage.commit.bind(storage);
  // While this storage commits, further writes wait for the next group.
  storage.commit = async (...args) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return commit(...args);
  };
  const early = mesh.agent("Early").push("a", 1, { global: true });
  await new Promise((resolve) => setTimeout(resolve, 5));
  const late = mesh.agent("Late").push("b", 1, { global: true });
  await Promise.all([early, late]);
  const [first, second] = sdk.named("commit").slice(-2);
  const byAgent = new Map(
    sdk.named("upsert_memory").map((span) => [span.attributes["gen_ai.agent.name"], idOf(span)]),
  );
  expect(parentOf(first)).toBe(byAgent.get("Early"));
  expect(parentOf(second)).toBe(byAgent.get("Late"));
});

it("starts a new trace for background work", async () => {
  const { sdk, mesh } = instrumented();
  const worker = mesh.agent("Worker");
  await worker.subscribe(["tasks"]);
  await worker.push("task", 1, { topics: ["tasks"] });
  const end = new AbortController();
  let inside: string | undefined;
  await sdk.tracer.startActiveSpan("boot", async (boot) => {
    const handle = (): void => {
      inside = trace.getSpan(context.active())?.spanContext().spanId;
      end.abort();
    };
    await worker.work("tasks", handle, { signal: end.signal });
    boot.end();
  });
  const [work] = sdk.named("syntha.work");
  const [claim] = sdk.named("syntha.claim");
  expect([work, claim].map(parentOf)).toEqual([undefined, undefined]);
  expect(inside).toBe(idOf(work));
  expect(parentOf(sdk.named("update_memory")[0])).toBe(idOf(work));
  expect(work?.attributes["syntha.operation.background"]).toBe(true);
});

it("records an unavailable storage on all levels", async () => {
  const storage = new MemoryStorage();
  const { sdk, mesh, handler } = instrumented({}, storage);
  await mesh.system.keys();
  storage.list = () => Promise.reject(new SynthaError("UNAVAILABLE", "secret host is down"));
  await handler.handleToolCall("list_context", {});
  for (const name of ["execute_tool list_context", "search_memory", "list"]) {
    const span = sdk.named(name).at(-1);
    expect([name, span?.attributes["error.type"]]).toEqual([name, "UNAVAILABLE"]);
  }
  expect(sdk.records.at(-1)).toMatchObject({ level: "error", code: "UNAVAILABLE" });
});
