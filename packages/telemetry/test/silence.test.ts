import { metrics, type TracerProvider } from "@opentelemetry/api";
import { ContextMesh, MemoryStorage } from "@syntha/core";
import { instrumentStorage, instrumentTools, meshObserver, toTextLine } from "@syntha/telemetry";
import { ToolHandler } from "@syntha/tools";
import { expect, it } from "vitest";
import { startSdk } from "./support/sdk.ts";

it("goes straight to the handler where no SDK is there, and begins when one is", async () => {
  const sdk = startSdk();
  const mesh = new ContextMesh({
    storage: instrumentStorage(new MemoryStorage()),
    observer: meshObserver(),
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
  // The very promise: nothing stands between.
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

it("lets no log that throws disturb a call", async () => {
  const mesh = new ContextMesh();
  const handler = instrumentTools(new ToolHandler(mesh.agent("Triage")), {
    onLog: () => {
      throw new Error("The disk is full.");
    },
  });
  expect(await handler.handleToolCall("list_context", {})).toMatchObject({ success: true });
  await mesh.close();
});

it("logs calls of tools and failures unless it is asked for more", async () => {
  const lines: string[] = [];
  const onLog = (record: Parameters<typeof toTextLine>[0]): void => {
    lines.push(toTextLine({ ...record, time: "2026-01-02T12:00:00.000Z", duration_ms: 1.5 }));
  };
  const mesh = new ContextMesh({ tenantId: "acme", observer: meshObserver({ onLog }) });
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
  [{ maxCaptured: 0 }, "maxCaptured"],
  [{ captureKeys: "yes" }, "captureKeys"],
  [{ onLog: console }, "onLog"],
])("refuses options that can't be used: %j", (options, path) => {
  const refusal = expect.objectContaining({ code: "INVALID_ARGUMENTS", details: { path } });
  expect(() => meshObserver(options as never)).toThrow(refusal);
  const nobody = {} as TracerProvider;
  const all = { tracerProvider: nobody, ...options } as never;
  expect(() => instrumentStorage(new MemoryStorage(), all)).toThrow(refusal);
});
