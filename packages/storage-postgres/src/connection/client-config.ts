import type { ClientConfig } from "pg";
import type { Settings } from "../settings.ts";

/** The options of a connection outside the pool, equal to the pool's. */
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
  // A pool's password is not enumerable.
  const { password } = options;
  return { ...options, ...(password === undefined ? {} : { password }), ...shared };
}
