import { ContextMesh, MemoryStorage, type Storage } from "@syntha/core";
import {
  type InstrumentedHandler,
  instrumentStorage,
  instrumentTools,
  meshInterceptor,
  type TelemetryOptions,
} from "@syntha/telemetry";
import { ToolHandler } from "@syntha/tools";
import { onTestFinished } from "vitest";
import { type Sdk, startSdk } from "./sdk.ts";

/** A mesh, its storage and the tool handler of its agent Triage, all instrumented. */
export interface Instrumented {
  readonly sdk: Sdk;
  readonly mesh: ContextMesh;
  readonly handler: InstrumentedHandler<"">;
}

export function instrumented(
  more: TelemetryOptions = {},
  storage: Storage = new MemoryStorage(),
): Instrumented {
  const sdk = startSdk(more);
  const mesh = new ContextMesh({
    tenantId: "acme",
    storage: instrumentStorage(storage, sdk.options),
    interceptor: meshInterceptor(sdk.options),
    sweepEvery: false,
    compactEvery: false,
  });
  const tools = new ToolHandler(mesh.agent("Triage"), { toolsets: ["context", "tasks"] });
  onTestFinished(async () => {
    await mesh.close();
    await sdk.close();
  });
  return { sdk, mesh, handler: instrumentTools(tools, sdk.options) };
}
