import { exportTenant, importTenant, TenantRegistry } from "@syntha/core";
import { bearerTokenOf, equalHashes, hashToken } from "@syntha/http";
import { Hono } from "hono";
import type { Env } from "./env.ts";
import { storageOf } from "./storage.ts";

/** The operator's routes: list tenants, bring one here from any storage, take one away, remove one. */
export const tenants = new Hono<{ Bindings: Env }>();

tenants.use(async (c, next) => {
  const token = bearerTokenOf(c.req.raw);
  const { OPERATOR_SHA256: expected } = c.env;
  const isOperator =
    token !== undefined && expected !== undefined && equalHashes(expected, await hashToken(token));
  return isOperator ? next() : c.json({ error: "UNAUTHORIZED" }, 401);
});

tenants.get("/", async (c) => c.json({ tenantIds: await registryOf(c.env).list() }));

/** Lines of JSON, as `exportTenant` and `syntha export` write them. */
tenants.get("/:tenant", async (c) => {
  const lines = exportTenant({ storage: storageOf(c.env), tenantId: c.req.param("tenant") });
  const first = await lines.next();
  const headers = { "content-type": "application/jsonl" };
  return new Response(toStream(first, lines), { headers });
});

tenants.put("/:tenant", async (c) => {
  const { body } = c.req.raw;
  if (body === null) return c.json({ error: "Send an exported tenant as the body." }, 400);
  const tenantId = c.req.param("tenant");
  const { items, head } = await importTenant({ storage: storageOf(c.env), lines: body, tenantId });
  return c.json({ tenantId, items, head });
});

tenants.delete("/:tenant", async (c) =>
  c.json({ dropped: await registryOf(c.env).drop(c.req.param("tenant")) }),
);

/**
 * Removes what the retention no longer keeps, of every tenant.
 * @throws AggregateError after all tenants, if some could not be compacted
 */
export async function compactAll(env: Env): Promise<void> {
  await using registry = registryOf(env);
  const errors: unknown[] = [];
  for (const tenantId of await registry.list()) {
    try {
      await registry.mesh(tenantId).compact();
    } catch (error) {
      errors.push(error);
    }
    await registry.release(tenantId);
  }
  if (errors.length > 0) throw new AggregateError(errors, "Some tenants were not compacted.");
}

function registryOf(env: Env): TenantRegistry {
  const housekeeping = { sweepEvery: false, compactEvery: false } as const;
  return new TenantRegistry({ storage: storageOf(env), idleAfter: false, ...housekeeping });
}

/** Reads a line only when the client takes the one before it. */
function toStream(
  first: IteratorResult<string, void>,
  lines: AsyncGenerator<string, void>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let line = first;
  return new ReadableStream({
    async pull(controller) {
      if (line.done) return controller.close();
      controller.enqueue(encoder.encode(line.value));
      line = await lines.next();
    },
    async cancel() {
      await lines.return();
    },
  });
}
