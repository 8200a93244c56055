import { once } from "node:events";
import { get, type IncomingMessage, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { ContextMesh, ERROR_CODES, MemoryStorage, type Storage, SynthaError } from "@syntha/core";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { readMessages, type ServerSent } from "../src/recipes/multi-user/read-messages.ts";
import { type ServiceOptions, startService } from "../src/recipes/multi-user/service.ts";
import { toProblem } from "../src/recipes/multi-user/status.ts";
import { Users } from "../src/recipes/multi-user/users.ts";

const users = new Users()
  .add("ann-token", { tenant: "acme", agent: "Ann", role: "contributor" })
  .add("ben-token", { tenant: "acme", agent: "Ben", role: "contributor" })
  .add("rea-token", { tenant: "acme", agent: "Rea", role: "readonly" })
  .add("gus-token", { tenant: "globex", agent: "Gus", role: "contributor" });
type Name = "ann" | "ben" | "rea" | "gus";

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // Answers are as various as requests.
  readonly body: Record<string, unknown>;
}

type Service = Awaited<ReturnType<typeof startService>>;

class Running {
  readonly service: Service;

  constructor(service: Service) {
    this.service = service;
  }

  /** A request, such as `ask("ann", "PUT /items/a", { value: 1, global: true })`. */
  async ask(
    as: Name | undefined,
    request: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answered> {
    const [method = "", path = ""] = request.split(" ");
    const response = await fetch(this.service.url + path, {
      method,
      headers: { ...(as && { Authorization: `Bearer ${as}-token` }), ...headers },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === "" ? {} : JSON.parse(text),
    };
  }

  feed(as: Name, lastId?: string, query = ""): Promise<Response> {
    return fetch(`${this.service.url}/watch${query}`, {
      headers: {
        Authorization: `Bearer ${as}-token`,
        ...(lastId !== undefined && { "Last-Event-ID": lastId }),
      },
    });
  }

  /** The same, once the feed is ready. */
  async follow(
    as: Name,
    until: (message: ServerSent) => boolean,
  ): Promise<{ messages: Promise<ServerSent[]> }> {
    const { promise: ready, resolve } = Promise.withResolvers<void>();
    const messages = this.read(as, (message) => {
      if (message.event === "ready") resolve();
      return until(message);
    });
    await ready;
    return { messages };
  }

  /** Messages of a feed up to the one that is asked for; then hangs up. */
  async read(
    as: Name,
    until: (message: ServerSent) => boolean,
    lastId?: string,
  ): Promise<ServerSent[]> {
    const messages: ServerSent[] = [];
    for await (const message of readMessages(await this.feed(as, lastId))) {
      messages.push(message);
      if (until(message)) break;
    }
    return messages;
  }
}

async function start(
  options: Partial<ServiceOptions> = {},
): Promise<{ service: Running; storage: Storage } & Service> {
  const storage = new MemoryStorage();
  const running = await startService({ storage, users, graceMs: 10_000, ...options });
  onTestFinished(() => running.close());
  return { service: new Running(running), storage, ...running };
}

const DEEP = "[".repeat(5_000) + "]".repeat(5_000);

const keyOf = ({ data }: ServerSent): string | undefined => (data as { key?: string }).key;

describe("who asks", () => {
  it.each([
    ["no token", undefined],
    ["a wrong token", "Bearer guessed"],
    ["a token in another scheme", "Basic ann-token"],
    ["half a token", "Bearer ann-"],
  ])("is refused with %s, whatever is asked for", async (_, authorization) => {
    const { service } = await start();
    await service.ask("ann", "PUT /items/a", { value: 1, global: true });
    for (const request of ["GET /me", "GET /items", "GET /items/a", "GET /watch", "GET /tools"]) {
      const headers = authorization === undefined ? {} : { Authorization: authorization };
      const answer = await service.ask(undefined, request, undefined, headers);
      expect(answer.status).toBe(401);
      expect(answer.headers.get("WWW-Authenticate")).toBe("Bearer");
      expect(answer.body).toEqual({ code: "UNAUTHORIZED", error: expect.any(String) });
    }
  });

  it("is known by the token alone: no query, body or header names another tenant or agent", async () => {
    const { service } = await start();
    await service.ask("ann", "PUT /items/a", { value: "acme's", global: true });
    const [item, wrong] = [{ value: 1, global: true }, { status: 400 }];
    for (const query of ["tenant=acme", "tenantId=acme", "agent=Ann", "user=ann"])
      for (const path of ["/items", "/watch"])
        expect(await service.ask("gus", `GET ${path}?${query}`)).toMatchObject(wrong);
    for (const extra of [{ tenant: "acme" }, { agent: "Ann" }, { author: "Ann" }])
      expect(await service.ask("gus", "PUT /items/b", { ...item, ...extra })).toMatchObject(wrong);
    const headers = { "X-Tenant": "acme", "X-Tenant-Id": "acme", "X-Agent": "Ann" };
    const { body: me } = await service.ask("gus", "GET /me", undefined, headers);
    expect(me).toMatchObject({ tenant: "globex", agent: "Gus" });
    const push = { key: "b", value: "1", global: true, tenant: "acme" };
    const { body } = await service.ask("gus", "POST /tools/push_context", push);
    expect(body).toMatchObject({ success: false, code: "INVALID_ARGUMENTS" });
    expect((await service.ask("gus", "GET /items")).body).toMatchObject({ items: [] });
  });

  it("may do what the role allows, by address as by tool", async () => {
    const { service } = await start();
    await service.ask("ann", "PUT /items/a", { value: 1, global: true });
    expect((await service.ask("rea", "GET /items/a")).status).toBe(200);
    const denied = { status: 403, body: { code: "TOOL_DENIED" } };
    for (const [request, body] of [
      ["PUT /items/a", { value: 2 }],
      ["DELETE /items/a", undefined],
      ["POST /subscriptions", { topics: ["t"] }],
    ] as const)
      expect(await service.ask("rea", request, body)).toMatchObject(denied);
    const { body } = await service.ask("rea", "POST /tools/push_context", { key: "a", value: "2" });
    expect(body).toMatchObject({ success: false, code: "TOOL_DENIED" });
  });
});

describe("two tenants", () => {
  it("never see each other, not even by the same key, a list, a tool or a feed", async () => {
    const { service } = await start();
    const gusFeed = service.read("gus", (message) => keyOf(message) === "end");
    await service.ask("ann", "PUT /items/deal", { value: "acme's", global: true });
    expect((await service.ask("gus", "GET /items/deal")).status).toBe(404);
    expect((await service.ask("gus", "DELETE /items/deal")).status).toBe(404);
    const taken = await service.ask("gus", "PUT /items/deal", { value: "globex's", global: true });
    expect(taken.status).toBe(201);
    expect((await service.ask("ann", "GET /items/deal")).body).toMatchObject({ value: "acme's" });
    expect((await service.ask("gus", "GET /items/deal")).body).toMatchObject({ value: "globex's" });
    const listed = await service.ask("gus", "POST /tools/get_context", {});
    expect(listed.body).toMatchObject({ context: { deal: "globex's" } });
    await service.ask("gus", "PUT /items/end", { value: 1, global: true });
    expect(JSON.stringify(await gusFeed)).not.toContain("acme");
  });

  it("can't use each other's places in the log", async () => {
    const { service } = await start();
    for (const name of ["ann", "gus"] as const)
      await service.ask(name, "PUT /items/a", { value: 1, global: true });
    const ready = (await service.read("ann", ({ event }) => event === "ready")).at(-1);
    const { status, body } = await service.ask("gus", "GET /watch", undefined, {
      "Last-Event-ID": ready?.id ?? "",
    });
    expect({ status, body }).toMatchObject({ status: 400, body: { code: "INVALID_CURSOR" } });
  });
});

describe("items", () => {
  it("are written on the revision that the client has read, or not at all", async () => {
    const { service } = await start();
    const put = (headers: Record<string, string>) =>
      service.ask("ann", "PUT /items/a%2Fb", { value: 1, global: true }, headers);
    expect((await put({ "If-None-Match": "*" })).status).toBe(201);
    const conflict = { status: 412, body: { code: "CONFLICT" } };
    expect(await put({ "If-None-Match": "*" })).toMatchObject(conflict);
    const etag = (await service.ask("ben", "GET /items/a%2Fb")).headers.get("ETag") ?? "";
    expect((await put({ "If-Match": etag })).status).toBe(200);
    expect((await put({ "If-Match": etag })).status).toBe(412);
    expect((await put({ "If-Match": "latest" })).status).toBe(400);
    // What is not understood never lets a write through.
    for (const headers of [
      { "If-Match": '"0"' },
      { "If-None-Match": '"1"' },
      { "If-None-Match": "*", "If-Match": etag },
    ])
      expect((await put(headers)).status).toBe(400);
    expect((await service.ask("ann", "DELETE /items/a%2Fb")).status).toBe(204);
  });

  it.each(["../me", "a//b", "100%", "a?b#c", "%2F", "1+1", "😀", "__proto__", " "])(
    "may have any key that is encoded as it should be: %j",
    async (key) => {
      const { service } = await start();
      const address = `/items/${encodeURIComponent(key)}`;
      const put = await service.ask("ann", `PUT ${address}`, { value: key, global: true });
      expect(put.status).toBe(201);
      const { headers, body } = await service.ask("ben", `GET ${address}`);
      expect(body).toMatchObject({ key, value: key });
      expect(headers.get("Cache-Control")).toBe("no-store");
    },
  );

  it("are listed without their values, page by page", async () => {
    const { service } = await start();
    for (const key of ["a", "b", "c"])
      await service.ask("ann", `PUT /items/${key}`, { value: key, global: true });
    const first = await service.ask("ben", "GET /items?limit=2");
    expect(first.body["items"]).toMatchObject([{ key: "a" }, { key: "b" }]);
    expect(JSON.stringify(first.body)).not.toContain("value");
    const page = encodeURIComponent(String(first.body["nextPage"]));
    const second = await service.ask("ben", `GET /items?limit=2&page=${page}`);
    expect(second.body["items"]).toMatchObject([{ key: "c" }]);
  });

  it.each([
    ["no route", "PUT /items/new", { value: 1 }, 400, "ROUTE_REQUIRED"],
    ["an empty route", "PUT /items/new", { value: 1, topics: [] }, 400, "INVALID_ROUTE"],
    ["a key of a hidden item", "PUT /items/anns", { value: 1, global: true }, 409, "KEY_TAKEN"],
    ["another's item, re-routed", "PUT /items/open", { value: 1, topics: ["t"] }, 403, "NOT_OWNER"],
    ["another's item to delete", "DELETE /items/open", undefined, 403, "NOT_OWNER"],
    ["nothing to delete", "DELETE /items/none", undefined, 404, "NOT_FOUND"],
    ["no JSON", "PUT /items/new", "{", 400, "INVALID_ARGUMENTS"],
    ["a large value", "PUT /items/new", { value: "x".repeat(3e5), global: true }, 413, "TOO_LARGE"],
    ["a large request", "PUT /items/new", { value: "x".repeat(1_100_000) }, 413, "TOO_LARGE"],
    ["a deep value", "PUT /items/new", `{"global":true,"value":${DEEP}}`, 422, "TOO_COMPLEX"],
    ["an unknown address", "GET /admin", undefined, 404, "NOT_FOUND"],
    ["a limit that is none", "GET /items?limit=many", undefined, 400, "INVALID_ARGUMENTS"],
    ["two topics for a list", "GET /items?topic=a&topic=b", undefined, 400, "INVALID_ARGUMENTS"],
    ["a key that is no UTF-8", "GET /items/%ED%A0%80", undefined, 400, "INVALID_ARGUMENTS"],
    ["a key with NUL", "GET /items/%00", undefined, 400, "INVALID_TEXT"],
    ["a feed of no topic", "GET /watch?topic=", undefined, 400, "INVALID_ARGUMENTS"],
  ])("answer %s with its status and code", async (_, request, body, status, code) => {
    const { service } = await start();
    await service.ask("ann", "PUT /items/anns", { value: 1, subscribers: ["Ann"] });
    await service.ask("ann", "PUT /items/open", { value: 1, global: true });
    expect(await service.ask("ben", request, body)).toMatchObject({ status, body: { code } });
  });

  it("map every code to a status and hide unexpected errors", () => {
    for (const code of ERROR_CODES) {
      const { status, body } = toProblem(new SynthaError(code, "…"));
      expect(status).toBeGreaterThanOrEqual(400);
      expect(body.code).toBe(code);
    }
    const { status, body } = toProblem(new Error("password=hunter2"));
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain("hunter2");
  });
});

describe("a feed", () => {
  const put = (service: Running, key: string, value: unknown = 1) =>
    service.ask("ann", `PUT /items/${key}`, { value, global: true });

  it("resumes after any message with no gaps or duplicates", async () => {
    const { service } = await start();
    for (let i = 0; i < 10; i++) await put(service, `first-${i}`);
    const writing = (async () => {
      for (let i = 0; i < 40; i++) await put(service, `then-${i}`);
    })();
    const keys: string[] = [];
    let lastId: string | undefined;
    while (!keys.includes("then-39")) {
      let count = 0;
      const got = await service.read("ben", (m) => ++count === 3 || keyOf(m) === "then-39", lastId);
      keys.push(...got.map(keyOf).filter((key) => key !== undefined));
      lastId = got.at(-1)?.id;
    }
    await writing;
    const all = Array.from({ length: 50 }, (_, i) => (i < 10 ? `first-${i}` : `then-${i - 10}`));
    expect(keys.toSorted()).toEqual(all.toSorted());
  });

  it("shows what the agent sees, and takes away what it sees no more", async () => {
    const { service } = await start();
    const { messages: feed } = await service.follow("ben", ({ event }) => event === "delete");
    await service.ask("ann", "PUT /items/a", { value: 1, subscribers: ["Ben"] });
    await service.ask("ann", "PUT /items/b", { value: 1, subscribers: ["Rea"] });
    await service.ask("ann", "PUT /items/a", { value: 2, subscribers: ["Rea"] });
    await put(service, "c");
    await service.ask("ann", "DELETE /items/c");
    const messages = (await feed).map((message) => `${message.event} ${keyOf(message) ?? ""}`);
    expect(messages).toEqual(["ready ", "put a", "hide a", "put c", "delete c"]);
  });

  it("answers 410 for a place that the log no longer reaches back to, 400 for what is none", async () => {
    const { service, storage } = await start();
    const [ready] = await service.read("ben", ({ event }) => event === "ready");
    for (let i = 0; i < 5; i++) await put(service, `k-${i}`);
    await compact(storage);
    const late = await service.feed("ben", ready?.id);
    expect(late.status).toBe(410);
    expect(await late.json()).toMatchObject({ code: "CURSOR_COMPACTED" });
    expect((await service.feed("ben", "somewhere")).status).toBe(400);
    // Without it, the client starts again.
    const messages = await service.read("ben", ({ event }) => event === "ready");
    expect(messages).toHaveLength(6);
  });

  it("is not opened by HEAD", async () => {
    const { service, openTenants } = await start({ idleAfter: 30 });
    const { status, headers } = await service.ask("ben", "HEAD /watch");
    expect(status).toBe(200);
    expect(headers.get("Content-Type")).toBe("text/event-stream");
    await expect.poll(() => openTenants()).toBe(0);
  });

  it("moves an idle client's place on past what it is not shown", async () => {
    const { service } = await start({ beatMs: 20 });
    const response = await service.feed("ben");
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    const readUntil = async (isEnough: () => boolean): Promise<void> => {
      while (!isEnough()) text += (await reader?.read())?.value ?? "";
    };
    await readUntil(() => text.includes("event: ready"));
    await service.ask("ann", "PUT /items/hidden", { value: 1, subscribers: ["Ann"] });
    await sleep(50);
    text = "";
    await readUntil(() => /^id: .+\n\n/m.test(text));
    const id = /^id: (.+)$/m.exec(text)?.[1];
    await reader?.cancel();
    await put(service, "shown");
    const [next] = await service.read("ben", () => true, id);
    expect(next && keyOf(next)).toBe("shown");
    expect(text).not.toContain("hidden");
  });

  it("does not block others for a slow client, and loses nothing", async () => {
    const { service, storage, url } = await start();
    const slow = await stalled(url, "ben");
    const quick = service.read("rea", (message) => keyOf(message) === `k-${MANY - 1}`);
    await pushMany(storage);
    expect((await quick).filter(({ event }) => event === "put")).toHaveLength(MANY);
    const last = `"key":"k-${MANY - 1}"`;
    const keys = keysIn(await slow.readUntil((text) => text.includes(last)));
    expect(new Set(keys).size).toBe(MANY);
    expect(keys).toHaveLength(MANY);
  });

  it("resets a client whose cursor was compacted", async () => {
    const { storage, url } = await start();
    const slow = await stalled(url, "ben");
    await pushMany(storage);
    await compact(storage);
    const text = await slow.readUntil((text) => /event: reset[^]*event: ready/.test(text));
    const [before = "", after = ""] = text.split("event: reset");
    expect(before.match(/^event: put$/gm)?.length).toBeLessThan(MANY);
    expect(after).toMatch(/^\ndata: {"code":"CURSOR_COMPACTED"}\nid: \n/);
    expect(after.match(/^event: put$/gm)).toHaveLength(MANY);
  });
});

const MANY = 3_000;

/** 12 MB of items: more than a connection and a watch hold for a client that takes none. */
async function pushMany(storage: Storage): Promise<void> {
  const mesh = new ContextMesh({ tenantId: "acme", storage });
  for (let from = 0; from < MANY; from += 100) {
    const keys = Array.from({ length: 100 }, (_, i) => `k-${from + i}`);
    const value = "x".repeat(4_000);
    await mesh.agent("Ann").pushMany(keys.map((key) => ({ key, value, global: true })));
    // The service shares this thread with its clients: each gets its turn.
    await sleep(1);
  }
  await mesh.close();
}

/** Compacts the log of acme to its last commit. */
async function compact(storage: Storage): Promise<void> {
  const mesh = new ContextMesh({ tenantId: "acme", storage });
  await mesh.compact({ log: { commits: 1 } });
  await mesh.close();
}

describe("the service", () => {
  it("refuses writes beyond the limit and reports when to retry", async () => {
    const limits = { tenant: { items: 5 }, agent: { writesPerSecond: 1 } };
    // A fixed clock: all ten requests are in one second.
    const { service } = await start({ limits, storage: new MemoryStorage({ clock: () => 1e12 }) });
    const writes = Array.from({ length: 10 }, (_, i) =>
      service.ask("ann", `PUT /items/k-${i}`, { value: i, global: true }),
    );
    const answers = await Promise.all(writes);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(9);
    for (const { headers, body } of refused) {
      expect(headers.get("Retry-After")).toBe("1");
      expect(body["code"]).toBe("LIMIT_EXCEEDED");
    }
    // Other agents and tenants have separate limits.
    expect((await service.ask("ben", "PUT /items/b", { value: 1, global: true })).status).toBe(201);
    expect((await service.ask("gus", "PUT /items/g", { value: 1, global: true })).status).toBe(201);
  });

  it("logs nothing of a client that hangs up during its request", async () => {
    const { service, url } = await start();
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    onTestFinished(() => logged.mockRestore());
    for (const length of [{ "Content-Length": 100 }, {}]) {
      const headers = { Authorization: "Bearer ann-token", ...length };
      const half = request(`${url}/items/a`, { method: "PUT", headers });
      half.on("error", () => {}).write("{");
      await sleep(30);
      half.destroy();
    }
    await sleep(50);
    expect((await service.ask("ann", "GET /items")).body).toEqual({ items: [], corrupt: [] });
    expect(logged).not.toHaveBeenCalled();
  });

  it("closes an idle tenant and opens it again", async () => {
    const { service, openTenants } = await start({ idleAfter: 30 });
    await service.ask("ann", "PUT /items/a", { value: 1, global: true });
    await expect.poll(() => openTenants()).toBe(0);
    expect((await service.ask("ben", "GET /items/a")).body).toMatchObject({ value: 1 });
    // An open feed is use, also when a request before it has ended.
    await service.ask("gus", "GET /me");
    const { messages: feed } = await service.follow("gus", ({ event }) => event === "put");
    await sleep(120);
    expect(openTenants()).toBe(1);
    await service.ask("gus", "PUT /items/late", { value: 1, global: true });
    expect((await feed).map(({ event }) => event)).toEqual(["ready", "put"]);
    await expect.poll(() => openTenants()).toBe(0);
  });

  it("ends feeds in order when it closes, and takes no more requests", async () => {
    const { service, close } = await start();
    await service.ask("ann", "PUT /items/a", { value: 1, global: true });
    const { messages: feed } = await service.follow("ben", () => false);
    await Promise.all([close(), close()]);
    expect((await feed).map(({ event }) => event)).toEqual(["put", "ready"]);
    await expect(service.ask("ann", "GET /me")).rejects.toThrow("fetch failed");
  });

  it("closes in time, though a client takes nothing", async () => {
    const { service, close, url } = await start({ graceMs: 200, limits: {} });
    const slow = await stalled(url, "ben");
    for (let i = 0; i < 500; i++)
      await service.ask("ann", `PUT /items/k-${i}`, { value: "x".repeat(20_000), global: true });
    await expect(close()).resolves.toBeUndefined();
    slow.hangUp();
  });
});

interface Stalled {
  readonly hangUp: () => void;
  /** Reads until a condition holds and returns the whole text. */
  readonly readUntil: (isEnough: (text: string) => boolean) => Promise<string>;
}

/** A client of the feed that has seen what was there, and then takes not a byte. */
async function stalled(url: string, as: Name): Promise<Stalled> {
  const headers = { Authorization: `Bearer ${as}-token` };
  const asked = get(`${url}/watch`, { headers }).on("error", () => {});
  onTestFinished(() => void asked.destroy());
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  let text = "";
  response.setEncoding("utf8").on("error", () => {});
  response.on("data", (piece: string) => (text += piece));
  await expect.poll(() => text).toContain("event: ready");
  response.pause();
  return {
    hangUp: () => asked.destroy(),
    readUntil: async (isEnough) => {
      response.resume();
      while (!isEnough(text)) await sleep(20);
      return text;
    },
  };
}

const keysIn = (text: string): string[] =>
  [...text.matchAll(/^event: put\ndata: {"key":"([^"]+)"/gm)].map(([, key = ""]) => key);
