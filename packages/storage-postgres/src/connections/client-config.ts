import type { ClientConfig } from "pg";
import type { Settings } from "../settings.ts";

/** A connection beside the pool, like the pool's own: to one that was handed in, or to ours. */
export function clientConfig({ source }: Settings, timeoutMs: number): ClientConfig {
  const shared = {
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    keepAlive: true,
    pipeline: true,
  };
  if (!("pool" in source)) {
    const { connectionString } = source;
    return { connectionString, application_name: "syntha", ...shared };
  }
  const { options } = source.pool;
  // A pool hides its password from whoever lists its options.
  const { password } = options;
  return { ...options, ...(password === undefined ? {} : { password }), ...shared };
}
