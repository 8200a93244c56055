import type { AgentContext, TenantRegistry } from "@syntha/core";
import type { McpHandler } from "@syntha/mcp";
import { Hono } from "hono";
import { createMiddleware } from "hono/factory";
import type { Tokens } from "./tokens.ts";

export interface AppOptions {
  readonly tokens: Tokens;
  readonly tenants: TenantRegistry;
  readonly mcp: McpHandler;
}

/** MCP for agents, and routes for a dashboard. Both know the same tokens, and show what the token's agent sees. */
export function createApp({ tokens, tenants, mcp }: AppOptions): Hono {
  const app = new Hono();
  app.all("/mcp", (c) => mcp.fetch(c.req.raw));

  const authenticated = createMiddleware<{ Variables: { agent: AgentContext } }>(
    async (c, next) => {
      const identity = tokens.authenticate(c.req.raw);
      if (identity === undefined) return c.json({ error: "A bearer token is required." }, 401);
      c.set("agent", tenants.mesh(identity.tenantId).agent(identity.agent));
      return next();
    },
  );
  app.get("/items", authenticated, async (c) => c.json({ keys: await c.var.agent.keys() }));
  app.get("/items/:key", authenticated, async (c) => {
    const item = await c.var.agent.getItem(c.req.param("key"));
    return item === undefined ? c.json({ error: "Item not found." }, 404) : c.json(item);
  });
  return app;
}
