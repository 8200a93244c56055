import { app } from "./app.ts";
import type { Env } from "./env.ts";
import { compactAll } from "./tenants.ts";

export { TenantObject } from "@syntha/storage-durable-objects/tenant-object";

export default {
  fetch: app.fetch,
  /** Called by the cron trigger of `wrangler.jsonc`. */
  scheduled: (_: unknown, env: Env): Promise<void> => compactAll(env),
};
