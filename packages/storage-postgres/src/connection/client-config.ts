import type { ClientConfig } from "pg";
import type { Settings } from "../settings.ts";

/** Options of a connection outside of the pool, equal to those of the pool. */
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
  // The password of a pool is not enumerable.
  const { password } = options;
  return { ...options, ...(password === undefined ? {} : { password }), ...shared };
}
