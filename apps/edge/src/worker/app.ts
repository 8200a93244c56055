import { type Cursor, type ErrorCode, isSynthaError, SynthaError } from "@syntha/core";
import { type Authenticate, mcpHandler, staticTokens, type TokenEntries } from "@syntha/mcp";
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import type { Env } from "./env.ts";
import { LiveFeed } from "./live-feed.ts";
import { meshOf } from "./storage.ts";
import { tenants } from "./tenants.ts";

/** Who a request acts as, and of which tenant, comes from its token alone. */
export const app = new Hono<{ Bindings: Env }>();

/** For agents: MCP over Streamable HTTP. */
app.all("/mcp", async ({ env, req }) => {
  const handler = mcpHandler({
    mesh: (tenantId) => meshOf(env, tenantId),
    authenticate: await authenticatorOf(env),
    toolsets: ["context", "tasks", "events", "live"],
    approvalKey: env.APPROVAL_KEY,
    allowedHosts: [env.HOST],
  });
  return handler.fetch(req.raw);
});

/** For pages and programs: what the token's agent sees, as it changes, as server-sent events. */
app.get("/live", async (c) => {
  const identity = await (await authenticatorOf(c.env))(c.req.raw);
  if (identity === undefined) return c.json({ error: "UNAUTHORIZED" }, 401);
  const agent = meshOf(c.env, identity.tenantId).agent(identity.agent);
  const since = (c.req.header("last-event-id") || undefined) as Cursor | undefined;
  const feed = new LiveFeed(agent, since, c.req.raw.signal);
  return streamSSE(
    c,
    (stream) => feed.writeTo(stream),
    (error, stream) => stream.writeSSE({ event: "failed", data: JSON.stringify(toBody(error)) }),
  );
});

app.route("/tenants", tenants);

app.onError((error, c) => {
  if (!isSynthaError(error) || error.code === "MISCONFIGURED") throw error;
  return c.json(toBody(error), STATUS[error.code] ?? 400);
});

/** Of errors that the request alone did not cause, or that have a status of their own. */
const STATUS: { readonly [C in ErrorCode]?: 404 | 409 | 413 | 500 | 503 | 504 } = {
  NOT_FOUND: 404,
  TENANT_EXISTS: 409,
  TOO_LARGE: 413,
  CORRUPT_DATA: 500,
  UNAVAILABLE: 503,
  TIMEOUT: 503,
  UNKNOWN_OUTCOME: 504,
};

function toBody(error: Error): { error: string; message?: string; hint?: string } {
  if (!isSynthaError(error)) return { error: "INTERNAL" };
  const { code, message, hint } = error;
  return { error: code, message, hint };
}

function authenticatorOf({ TOKENS }: Env): Promise<Authenticate> {
  if (TOKENS === undefined)
    throw new SynthaError("MISCONFIGURED", "The Worker has no secret TOKENS.", {
      hint: "Set it: npx wrangler secret put TOKENS < tokens.json",
    });
  return staticTokens(JSON.parse(TOKENS) as TokenEntries);
}
