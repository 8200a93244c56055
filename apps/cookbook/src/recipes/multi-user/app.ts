import type { AgentContext, Cursor, Page, TenantRegistry } from "@syntha/core";
import { type ToolCaller, ToolHandler, type ToolName } from "@syntha/tools";
import { isSynthaError, SynthaError } from "@syntha/core";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { stream } from "hono/streaming";
import * as z from "zod";
import { writeFeed } from "./server-sent.ts";
import { invalid, toProblem } from "./status.ts";
import { createStudio, STUDIO_PATH } from "./studio.ts";
import type { User, Users } from "./users.ts";

export interface AppOptions {
  readonly users: Users;
  readonly tenants: TenantRegistry;
  /** Closes open streams. */
  readonly closing: AbortSignal;
  readonly beatMs: number;
}

/** The variables of an authenticated request. */
interface Session {
  readonly agent: AgentContext;
  readonly tools: ToolCaller;
}

const Push = z.strictObject({
  value: z.unknown(),
  topics: z.array(z.string()).optional(),
  subscribers: z.array(z.string()).optional(),
  global: z.boolean().optional(),
  ttl: z
    .union([z.number(), z.templateLiteral([z.number(), z.enum(["ms", "s", "m", "h", "d"])])])
    .optional(),
});
const Topics = z.strictObject({ topics: z.array(z.string()) });
const ListQuery = z.strictObject({
  topic: z.string().optional(),
  prefix: z.string().optional(),
  page: z.string().optional(),
  limit: z.coerce.number().optional(),
});
const FeedQuery = z.strictObject({ topic: z.union([z.string(), z.array(z.string())]).optional() });

const MOST_BYTES = 1_048_576;

export function createApp({ users, tenants, closing, beatMs }: AppOptions): Hono {
  const app = new Hono();
  app.onError((error, c) => {
    const { status, retryAfterSeconds, body } = toProblem(error);
    // A client that disconnects during its request is not an error of the service.
    const hungUp = c.req.raw.signal.aborted && !isSynthaError(error);
    if (status === 500 && !hungUp) console.error(error);
    if (retryAfterSeconds !== undefined) c.header("Retry-After", String(retryAfterSeconds));
    return c.json(body, status);
  });
  app.notFound((c) => c.json({ code: "NOT_FOUND", error: "Unknown path." }, 404));
  app.use(
    bodyLimit({
      maxSize: MOST_BYTES,
      onError: (c) => c.json({ code: "TOO_LARGE", error: "The request is too large." }, 413),
    }),
  );

  /** Authenticates a request by its token, and opens the mesh of the user's tenant. */
  const as =
    (act: (c: Context, session: Session) => Promise<Response>, like?: ToolName) =>
    async (c: Context): Promise<Response> => {
      const user = users.find(c.req.header("Authorization"));
      if (user === undefined) {
        c.header("WWW-Authenticate", "Bearer");
        return c.json({ code: "UNAUTHORIZED", error: "A bearer token is required." }, 401);
      }
      // The answer depends on the user, and different answers may have the same ETag.
      c.header("Cache-Control", "no-store");
      return act(c, sessionOf(tenants, user, like));
    };

  app.get("/health", (c) => c.json({ ok: true }));
  app.get(
    "/me",
    as(async (c, { agent, tools }) =>
      c.json({ tenant: agent.tenantId, agent: agent.name, tools: tools.availableTools() }),
    ),
  );

  app.get(
    "/items",
    as(async (c, { agent }) => {
      const { topic, page, ...rest } = read(ListQuery, queriesOf(c), "query");
      const filter = { ...rest, topics: topic === undefined ? undefined : [topic] };
      return c.json(await agent.list({ ...filter, page: page as Page | undefined, values: false }));
    }, "list_context"),
  );
  app.get(
    "/items/:key{.+}",
    as(async (c, { agent }) => {
      const key = keyOf(c);
      const item = await agent.getItem(key);
      if (item === undefined) throw notFound(key);
      c.header("ETag", `"${item.revision}"`);
      return c.json(item);
    }, "get_context"),
  );
  app.put(
    "/items/:key{.+}",
    as(async (c, { agent }) => {
      const { value, ...route } = read(Push, await bodyOf(c), "body");
      const pushed = await agent.push(keyOf(c), value, {
        ...route,
        ifRevision: revisionOf(c),
      });
      c.header("ETag", `"${pushed.revision}"`);
      return c.json(pushed, pushed.created ? 201 : 200);
    }, "push_context"),
  );
  app.delete(
    "/items/:key{.+}",
    as(async (c, { agent }) => {
      const key = keyOf(c);
      if (!(await agent.delete(key, { ifRevision: revisionOf(c) }))) throw notFound(key);
      return c.body(null, 204);
    }, "delete_context"),
  );
  app.post(
    "/subscriptions",
    as(async (c, { agent }) => {
      await agent.subscribe(read(Topics, await bodyOf(c), "body").topics);
      return c.json({ topics: await agent.subscriptions() });
    }, "subscribe_to_topics"),
  );

  app.get(
    "/tools",
    as(async (c, { tools }) => c.json({ tools: tools.tools() })),
  );
  // For models: a failed call is a normal answer with success false and a hint.
  app.post(
    "/tools/:name",
    as(async (c, { tools }) =>
      c.json(await tools.handleToolCall(c.req.param("name") ?? "", await bodyOf(c))),
    ),
  );

  app.get(
    "/watch",
    as(async (c, { agent }) => {
      const { topic } = read(FeedQuery, queriesOf(c), "query");
      const since = (c.req.header("Last-Event-ID") || undefined) as Cursor | undefined;
      const topics = topic === undefined ? undefined : [topic].flat();
      // Errors are reported before the stream starts, while the status can still be set.
      await agent.changes({ since, topics, limit: 1 });
      c.header("Content-Type", "text/event-stream");
      // A HEAD request would leave the stream open.
      if (c.req.method === "HEAD") return c.body(null);
      return stream(c, async (out) => {
        const disconnected = new AbortController();
        out.onAbort(() => disconnected.abort());
        const signal = AbortSignal.any([disconnected.signal, closing]);
        await writeFeed(agent, { since, topics, signal, beatMs }, (text) => out.write(text));
      });
    }, "get_context"),
  );

  const studio = createStudio(users, tenants);
  closing.addEventListener("abort", () => void studio.close());
  for (const path of [STUDIO_PATH, `${STUDIO_PATH}/*`])
    app.all(path, (c) => studio.fetch(c.req.raw));
  return app;
}

function sessionOf(tenants: TenantRegistry, user: User, like: ToolName | undefined): Session {
  const { tenant, agent: name, role } = user;
  const agent = tenants.mesh(tenant).agent(name);
  const tools = new ToolHandler(agent, { role, toolsets: ["context", "tasks", "events"] });
  if (like !== undefined && !tools.can(like))
    throw new SynthaError("TOOL_DENIED", `The role ${role} does not allow this.`, {
      hint: "GET /me lists the allowed tools.",
    });
  return { agent, tools };
}

/** Refuses unknown names, including `tenant` and `agent`. */
function read<T>(schema: z.ZodType<T>, given: unknown, path: string): T {
  const { success, data, error } = schema.safeParse(given);
  if (success) return data;
  throw invalid(path, z.prettifyError(error).replaceAll("\n", " "));
}

async function bodyOf(c: Context): Promise<unknown> {
  const text = await c.req.text();
  try {
    return JSON.parse(text);
  } catch {
    throw invalid("body", "Send JSON.");
  }
}

/** The values of a query by name; a list if a name is repeated. */
function queriesOf(c: Context): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(c.req.queries()).map(([name, values]) => [
      name,
      values.length === 1 ? (values[0] as string) : values,
    ]),
  );
}

/** The router does not decode invalid UTF-8, which would give one key two paths. */
function keyOf(c: Context): string {
  try {
    return decodeURIComponent(new URL(c.req.url).pathname.replace(/^\/[^/]+\//, ""));
  } catch {
    throw invalid("address", "Percent-encode the key as UTF-8.");
  }
}

/** `If-Match: "7"`: only on that revision. `If-None-Match: *`: only if the key does not exist. Any other condition is refused. */
function revisionOf(c: Context): number | undefined {
  const [match, none] = [c.req.header("If-Match"), c.req.header("If-None-Match")];
  if (none !== undefined) {
    if (none === "*" && match === undefined) return 0;
    throw invalid("If-None-Match", "Send *, which means that the key must not exist.");
  }
  if (match === undefined) return undefined;
  const revision = /^"([1-9]\d*)"$/.exec(match)?.[1];
  if (revision === undefined) throw invalid("If-Match", 'Send an ETag as it was given: "7".');
  return Number(revision);
}

function notFound(key: string): SynthaError {
  return new SynthaError("NOT_FOUND", `Item not found: "${key}"`, {
    hint: "GET /items lists the visible items.",
  });
}
