import type { ServerContext } from "@modelcontextprotocol/server";

/**
 * Runs a call, and reports progress while it runs if its client asks for that: the seconds so far. It keeps calls that wait
 * from being given up as lost.
 */
export async function withProgress<T>(
  { mcpReq }: ServerContext,
  everyMs: number,
  run: () => Promise<T>,
): Promise<T> {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return run();
  const start = performance.now();
  const timer = setInterval(() => {
    if (mcpReq.signal.aborted) return clearInterval(timer);
    const progress = Math.round((performance.now() - start) / 10) / 100;
    const params = { progressToken, progress, message: `Waiting for ${Math.round(progress)} s` };
    // The connection may be closed meanwhile.
    mcpReq.notify({ method: "notifications/progress", params }).catch(() => clearInterval(timer));
  }, everyMs);
  try {
    return await run();
  } finally {
    clearInterval(timer);
  }
}
