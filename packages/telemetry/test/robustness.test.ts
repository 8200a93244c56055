import { metrics, type TracerProvider } from "@opentelemetry/api";
import { ContextMesh, MemoryStorage } from "@syntha/core";
import {
  instrumentStorage,
  instrumentTools,
  type LogRecord,
  meshInterceptor,
  toTextLine,
} from "@syntha/telemetry";
import { ToolHandler } from "@syntha/tools";
import { expect, it } from "vitest";
import { startSdk } from "./support/sdk.ts";

it("records only while an SDK is registered", async () => {
  const sdk = startSdk();
  const mesh = new ContextMesh({
    storage: instrumentStorage(new MemoryStorage()),
    interceptor: meshInterceptor(),
  });
  const plain = new ToolHandler(mesh.agent("Triage"));
  const handler = instrumentTools(plain);
  const answers: unknown[] = [];
  plain.handleToolCall = ((...args: [string, unknown]) => {
    const answer = ToolHandler.prototype.handleToolCall.apply(plain, args);
    answers.push(answer);
    return answer;
  }) as typeof plain.handleToolCall;
  const answer = handler.handleToolCall("list_context", {});
  // The same promise: there is no wrapper.
  expect(answer).toBe(answers[0]);
  await answer;
  metrics.setGlobalMeterProvider(sdk.options.meterProvider as never);
  await handler.handleToolCall("list_context", {});
  metrics.disable();
  await handler.handleToolCall("list_context", {});
  const { dataPoints } = await sdk.histogram("gen_ai.execute_tool.duration");
  expect(dataPoints[0]?.value).toMatchObject({ count: 1 });
  expect(sdk.spans()).toEqual([]);
  await mesh.close();
  await sdk.close();
});

const fail = (): never => {
  throw new Error("The disk is full.");
};
const span = { setAttribute: fail, setAttributes: fail, setStatus: fail, end: fail };
const instrument = { record: fail, add: fail };
const create = (): object => instrument;
const meter = { createHistogram: create, createUpDownCounter: create, createCounter: create };
const BROKEN = {
  "a tracer provider": { tracerProvider: { getTracer: fail } },
  "a tracer": { tracerProvider: { getTracer: () => ({ startSpan: fail }) } },
  "a span": { tracerProvider: { getTracer: () => ({ startSpan: () => span }) } },
  "a meter provider": { meterProvider: { getMeter: fail } },
  "an instrument": { meterProvider: { getMeter: () => meter } },
  "a log": { onLog: fail, logLevel: "debug" },
  "an async log": { onLog: async () => fail(), logLevel: "debug" },
  "a function for tenants": { tenants: fail, onLog: () => {} },
  "an async function for tenants": {
    tenants: async () => fail(),
    onLog: () => {},
    logLevel: "debug",
  },
};

it.each(Object.entries(BROKEN))("ignores errors of %s", async (_, options) => {
  const rejections: unknown[] = [];
  const onRejection = (error: unknown): void => void rejections.push(error);
  process.on("unhandledRejection", onRejection);
  const mesh = new ContextMesh({
    storage: instrumentStorage(new MemoryStorage(), options as never),
    interceptor: meshInterceptor(options as never),
  });
  const handler = instrumentTools(new ToolHandler(mesh.agent("Triage")), options as never);
  const watch = mesh.system.watch();
  await mesh.system.push("k", 1, { global: true });
  expect((await watch.next()).value).toMatchObject({ type: "put" });
  await watch.return();
  const read = await handler.handleToolCall("get_context", { keys: ["k"] });
  expect(read).toMatchObject({ context: { k: 1 } });
  const refused = mesh.system.push("k", 1, { ifRevision: 0 });
  await expect(refused).rejects.toMatchObject({ code: "CONFLICT" });
  await mesh.close();
  await new Promise((resolve) => setTimeout(resolve));
  process.off("unhandledRejection", onRejection);
  expect(rejections).toEqual([]);
});

it("escapes control characters of names in text lines", () => {
  const line = toTextLine({
    time: "2026-01-02T12:00:00.000Z",
    level: "info",
    event: "tool.call",
    name: "list_context",
    agent: "a\n\u2028\u009b31m\u202eb",
    duration_ms: 1,
  });
  expect(line).toBe(
    '12:00:00.000 INFO  tool.call list_context "a\\n\\u{2028}\\u{9b}31m\\u{202e}b" 1ms',
  );
});

it("lets the mesh refuse an invalid key that can't be captured", async () => {
  const sdk = startSdk({ captureKeys: true, captureValues: true });
  const mesh = new ContextMesh({ interceptor: meshInterceptor(sdk.options) });
  const key = Object.create(null) as string;
  const pushed = mesh.system.push(key, 1, { global: true });
  await expect(pushed).rejects.toMatchObject({ code: "INVALID_ARGUMENTS" });
  await mesh.close();
  await sdk.close();
});

it("rethrows errors of any shape", async () => {
  const error = Object.assign(new Error("no"), { constructor: undefined });
  const storage = new MemoryStorage();
  storage.list = () => Promise.reject(error);
  const records: LogRecord[] = [];
  const options = { onLog: (record: LogRecord) => void records.push(record) };
  const mesh = new ContextMesh({ storage: instrumentStorage(storage, options) });
  await expect(mesh.system.list()).rejects.toBe(error);
  expect(records).toMatchObject([{ name: "list", level: "error", code: "_OTHER" }]);
  await mesh.close();
});

it("logs tool calls and failures by default", async () => {
  const lines: string[] = [];
  const onLog = (record: Parameters<typeof toTextLine>[0]): void => {
    lines.push(toTextLine({ ...record, time: "2026-01-02T12:00:00.000Z", duration_ms: 1.5 }));
  };
  const mesh = new ContextMesh({ tenantId: "acme", interceptor: meshInterceptor({ onLog }) });
  const handler = instrumentTools(new ToolHandler(mesh.agent("Triage 2")), {
    onLog,
    tenants: "plain",
  });
  await handler.handleToolCall("list_context", {});
  await handler.handleToolCall("push_context", { key: "a", value: "b" });
  expect(lines).toEqual([
    '12:00:00.000 INFO  tool.call list_context "Triage 2" (acme) 1.5ms',
    expect.stringMatching(
      /^12:00:00\.000 WARN {2}mesh\.operation push "Triage 2" \([0-9a-f]{16}\) 1\.5ms ROUTE_REQUIRED$/,
    ),
    '12:00:00.000 WARN  tool.call push_context "Triage 2" (acme) 1.5ms ROUTE_REQUIRED',
  ]);
  await mesh.close();
});

it.each([
  [{ agent: false }, "agent"],
  [{ tenants: "hashed" }, "tenants"],
  [{ logLevel: "verbose" }, "logLevel"],
  [{ maxCapturedLength: 0 }, "maxCapturedLength"],
  [{ captureKeys: "yes" }, "captureKeys"],
  [{ onLog: console }, "onLog"],
])("refuses invalid options: %j", (options, path) => {
  const refusal = expect.objectContaining({ code: "INVALID_ARGUMENTS", details: { path } });
  expect(() => meshInterceptor(options as never)).toThrow(refusal);
  const tracerProvider = {} as TracerProvider;
  const all = { tracerProvider, ...options } as never;
  expect(() => instrumentStorage(new MemoryStorage(), all)).toThrow(refusal);
});
