import type { CacheHint } from "@modelcontextprotocol/server";

/**
 * How long clients may keep results: not at all where another agent, or the client itself by a tool, may have written
 * since; templates never change. Nothing may be shared between users: each agent sees something else.
 */
export const RESOURCE_CACHE_HINTS = {
  "resources/list": { ttlMs: 0, cacheScope: "private" },
  "resources/read": { ttlMs: 0, cacheScope: "private" },
  "resources/templates/list": { ttlMs: 3_600_000, cacheScope: "private" },
} as const satisfies Record<string, CacheHint>;
