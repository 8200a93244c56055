import type { AgentContext, Cursor, Page, TenantRegistry } from "@syntha/core";
import { type ToolCaller, ToolHandler, type ToolName } from "@syntha/tools";
import { isSynthaError, SynthaError } from "@syntha/core";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { stream } from "hono/streaming";
import * as z from "zod";
import { writeFeed } from "./server-sent.ts";
import { invalid, toProblem } from "./status.ts";
import type { User, Users } from "./users.ts";

export interface AppOptions {
  readonly users: Users;
  readonly tenants: TenantRegistry;
  /** Ends open streams. */
  readonly closing: AbortSignal;
  readonly beatMs: number;
}

/** What an authenticated request acts with. */
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
    // That a client hung up in the midst of its request is no fault of ours.
    const hungUp = c.req.raw.signal.aborted && !isSynthaError(error);
    if (status === 500 && !hungUp) console.error(error);
    if (retryAfterSeconds !== undefined) c.header("Retry-After", String(retryAfterSeconds));
    return c.json(body, status);
  });
  app.notFound((c) => c.json({ code: "NOT_FOUND", error: "There is no such address." }, 404));
  app.use(
    bodyLimit({
      maxSize: MOST_BYTES,
      onError: (c) => c.json({ code: "TOO_LARGE", error: "The request is too large." }, 413),
    }),
  );

  /** Runs a request as the user whose token it carries, in that user's tenant, or refuses it. */
  const as =
    (act: (c: Context, session: Session) => Promise<Response>, like?: ToolName) =>
    async (c: Context): Promise<Response> => {
      const user = users.find(c.req.header("Authorization"));
      if (user === undefined) {
        c.header("WWW-Authenticate", "Bearer");
        return c.json({ code: "UNAUTHORIZED", error: "Sign in: a bearer token is needed." }, 401);
      }
      // The same address answers each user with something else, under an ETag that may be the same.
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
      const { page, ...filter } = read(ListQuery, queriesOf(c), "query");
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
  // For models: a failed call is an answer, too, with success false and a hint.
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
      // What can't be watched, or gone on from, is told now, while there is a status to tell it by.
      await agent.changes({ since, topics, limit: 1 });
      c.header("Content-Type", "text/event-stream");
      // A stream that nobody is to read would stay open for good.
      if (c.req.method === "HEAD") return c.body(null);
      return stream(c, async (out) => {
        const gone = new AbortController();
        out.onAbort(() => gone.abort());
        const signal = AbortSignal.any([gone.signal, closing]);
        await writeFeed(agent, { since, topics, signal, beatMs }, (text) => out.write(text));
      });
    }, "get_context"),
  );
  return app;
}

function sessionOf(tenants: TenantRegistry, user: User, like: ToolName | undefined): Session {
  const { tenant, agent: name, role } = user;
  const agent = tenants.mesh(tenant).agent(name);
  const tools = new ToolHandler(agent, { role, toolsets: ["context", "tasks", "events"] });
  if (like !== undefined && !tools.can(like))
    throw new SynthaError("TOOL_DENIED", `The role ${role} does not allow this.`, {
      hint: "GET /me tells what it allows.",
    });
  return { agent, tools };
}

/** Refuses what it does not know: nobody names a tenant or an agent here, whatever they try. */
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

/** Each value of a query's name, in a list where there are several. */
function queriesOf(c: Context): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(c.req.queries()).map(([name, values]) => [
      name,
      values.length === 1 ? (values[0] as string) : values,
    ]),
  );
}

/** The router leaves what is no UTF-8 as it stands; then one key would have two addresses. */
function keyOf(c: Context): string {
  try {
    return decodeURIComponent(new URL(c.req.url).pathname.replace(/^\/[^/]+\//, ""));
  } catch {
    throw invalid("address", "Encode the key as UTF-8, with % before each byte that needs it.");
  }
}

/** `If-Match: "7"`: only on that revision. `If-None-Match: *`: only if there is nothing. Any other condition is refused. */
function revisionOf(c: Context): number | undefined {
  const [match, none] = [c.req.header("If-Match"), c.req.header("If-None-Match")];
  if (none !== undefined) {
    if (none === "*" && match === undefined) return 0;
    throw invalid("If-None-Match", "Send * alone: only if there is nothing.");
  }
  if (match === undefined) return undefined;
  const revision = /^"([1-9]\d*)"$/.exec(match)?.[1];
  if (revision === undefined) throw invalid("If-Match", 'Send an ETag as it was given: "7".');
  return Number(revision);
}

function notFound(key: string): SynthaError {
  return new SynthaError("NOT_FOUND", `There is no item "${key}" for you.`, {
    hint: "GET /items lists those that you see.",
  });
}
