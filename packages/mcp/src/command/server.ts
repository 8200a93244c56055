import { TenantRegistry } from "@syntha/core";
import type { AgentServerOptions } from "../agent/options.ts";
import type { ServeArguments } from "./options.ts";
import type { ProcessIo } from "./process-io.ts";
import { openStorage } from "./storage.ts";

/**
 * Serves until the client or a signal ends it. Only what the way to the client needs is loaded.
 * @throws UsageError, SynthaError if it can't start; ConnectionError
 */
export async function serve(args: ServeArguments, io: ProcessIo): Promise<void> {
  const { role, toolsets, approval, tenantId, agent = "", http } = args;
  const options: AgentServerOptions = {
    ...(role !== undefined && { role }),
    ...(toolsets !== undefined && { toolsets }),
    ...(approval !== undefined && { approval }),
  };
  const storage = await openStorage(args.storage);
  await using tenants = new TenantRegistry({
    storage,
    idleAfter: false,
    ...(!args.compact && { compactEvery: false }),
  });
  // Opens the storage, so that what is wrong with it is said now rather than to a model.
  await tenants.stats(tenantId);
  if (http !== undefined) {
    const { startHttp } = await import("./http-server.ts");
    await using _ = await startHttp(args, http, options, tenants, io);
    await aborted(io.signal);
  } else {
    const { startStdio } = await import("./stdio-server.ts");
    await using server = startStdio(tenants.mesh(tenantId).agent(agent), options, io);
    await Promise.race([server.ended, aborted(io.signal)]);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
