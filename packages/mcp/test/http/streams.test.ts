import { ERAS } from "../support/eras.ts";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client } from "@modelcontextprotocol/client";
import { ContextMesh } from "@syntha/core";
import { expect, it, onTestFinished } from "vitest";
import type { Authenticate, McpHandlerOptions, TokenEntries } from "../../src/index.ts";
import { tokenFile } from "../../src/node.ts";
import { hashToken } from "@syntha/http";
import { listenable } from "../support/listenable.ts";
import { bearer, connect, post, serve } from "../support/serve.ts";

const [ONE, TWO] = ["one-secret-token-0000001", "two-secret-token-0000002"];
const WAIT = { name: "wait_for_changes", arguments: { timeout_seconds: 300 } };
const LISTEN = { notifications: { toolsListChanged: true } };

function handlerOptions(authenticate: Authenticate): McpHandlerOptions {
  const mesh = new ContextMesh();
  return { mesh: () => mesh, authenticate, toolsets: ["context", "live"], progressEvery: "50ms" };
}

/** A call that waits, once the server reports that it does. */
async function waitingCall(client: Client): Promise<{ readonly ended: Promise<unknown> }> {
  const { promise: begun, resolve } = Promise.withResolvers<void>();
  const ended = client.callTool(WAIT, { timeout: 100_000, onprogress: () => resolve() });
  await Promise.race([begun, ended]);
  return { ended };
}

/** A file of tokens that can be replaced. */
async function tokensIn(entries: TokenEntries) {
  const folder = await mkdtemp(join(tmpdir(), "syntha-mcp-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, "tokens.json");
  const write = (text: string) => writeFile(path, text);
  await write(JSON.stringify(entries));
  const errors: Error[] = [];
  const tokens = await tokenFile(path, { onError: (error) => errors.push(error) });
  onTestFinished(() => tokens.close());
  return { path, tokens, errors, write };
}

async function isOpen(stream: { closed: Promise<string> } | undefined): Promise<boolean> {
  return (await Promise.race([stream?.closed, Promise.resolve("open")])) === "open";
}

async function entries(...names: string[]): Promise<TokenEntries> {
  const of = async (token: string) => ({ sha256: await hashToken(token), agent: "Claude" });
  const all: TokenEntries = { one: await of(ONE), two: await of(TWO) };
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}

it.each(["removed", "changed"])("ends the streams and calls of a token that is %s", async (how) => {
  listenable();
  const { tokens, write } = await tokensIn(await entries("one", "two"));
  const url = await serve(handlerOptions(tokens.authenticate));
  const [one, two] = [await connect(url, { token: ONE }), await connect(url, { token: TWO })];
  const streams = [
    await one.listen({ toolsListChanged: true }),
    await two.listen({ toolsListChanged: true }),
  ];
  const calls = await Promise.all(
    ERAS.map(async (era) => waitingCall(await connect(url, { era, token: ONE }))),
  );
  const outcomes = Promise.allSettled(calls.map(({ ended }) => ended));
  const rest = await entries("two");
  const left =
    how === "removed"
      ? rest
      : { ...rest, one: { ...(await entries("one"))["one"]!, role: "readonly" as const } };
  await write(JSON.stringify(left));
  expect(await streams[0]?.closed).toBe("remote");
  expect(await outcomes).toMatchObject([{ status: "rejected" }, { status: "rejected" }]);
  const again = await post(url, "tools/list", { headers: bearer(ONE) });
  expect(again.status).toBe(how === "removed" ? 401 : 200);
  expect(await isOpen(streams[1])).toBe(true);
});

it("keeps the tokens of a file that becomes invalid, and revokes those of one that is removed", async () => {
  listenable();
  const { path, tokens, errors, write } = await tokensIn(await entries("one"));
  const url = await serve(handlerOptions(tokens.authenticate));
  const stream = await (await connect(url, { token: ONE })).listen({ toolsListChanged: true });
  await write('{ "one": ');
  await expect.poll(() => errors.length).toBe(1);
  expect(errors[0]?.message).toContain("not valid JSON");
  await write(JSON.stringify({ one: { token: ONE, agent: "Claude" } }));
  await expect.poll(() => errors.length).toBe(2);
  expect(errors[1]?.message).toContain("only its sha256 belongs in a file");
  expect((await post(url, "tools/list", { headers: bearer(ONE) })).status).toBe(200);
  await rm(path);
  expect(await stream.closed).toBe("remote");
  expect(tokens.size).toBe(0);
});

it.each([
  ["refuses", () => undefined],
  [
    "gives another role",
    () => ({ tenantId: "default", agent: "Claude", role: "readonly" as const }),
  ],
  [
    "fails",
    () => {
      throw new Error("The session store is away.");
    },
  ],
])("ends streams and calls once a custom authenticator %s", async (_, later) => {
  listenable();
  let answer: Authenticate = () => ({ tenantId: "default", agent: "Claude" });
  const url = await serve(handlerOptions((request) => answer(request)));
  const client = await connect(url);
  const stream = await client.listen({ toolsListChanged: true });
  const { ended } = await waitingCall(client);
  const outcome = Promise.allSettled([ended]);
  // Checks of the same identity end nothing.
  let checks = 0;
  answer = () => {
    checks++;
    return { tenantId: "default", agent: "Claude" };
  };
  await expect.poll(() => checks).toBeGreaterThanOrEqual(4);
  expect(await isOpen(stream)).toBe(true);
  answer = later;
  expect(await stream.closed).toBe("remote");
  expect(await outcome).toMatchObject([{ status: "rejected" }]);
});

it("ends streams when the identity expires, and when its signal aborts", async () => {
  listenable();
  const expiresAt = new Date(Date.now() + 1_500);
  const revocation = new AbortController();
  const url = await serve(
    handlerOptions(({ headers }) =>
      headers.has("x-signal")
        ? { tenantId: "default", agent: "A", signal: revocation.signal }
        : { tenantId: "default", agent: "B", expiresAt, signal: new AbortController().signal },
    ),
  );
  const headers = { "x-signal": "1" };
  const signalled = await (await connect(url, { headers })).listen({ toolsListChanged: true });
  const expiring = await (await connect(url)).listen({ toolsListChanged: true });
  expect(await expiring.closed).toBe("remote");
  expect(Date.now()).toBeGreaterThanOrEqual(expiresAt.getTime());
  expect(await isOpen(signalled)).toBe(true);
  revocation.abort();
  expect(await signalled.closed).toBe("remote");
});

it("ends a call whose client goes away", async () => {
  const mesh = new ContextMesh();
  const authenticate = () => ({ tenantId: "default", agent: "Claude" });
  const url = await serve({ mesh: () => mesh, authenticate, toolsets: ["live"], maxRequests: 1 });
  const leaving = new AbortController();
  const call = post(url, "tools/call", { params: WAIT, signal: leaving.signal });
  await expect.poll(async () => (await post(url, "tools/list")).status).toBe(429);
  leaving.abort();
  await expect(call).rejects.toThrow(/abort/i);
  await expect.poll(async () => (await post(url, "tools/list")).status).toBe(200);
});

it("bounds what a client that opens listens without end can hold", async () => {
  const buses = listenable();
  const authenticate: Authenticate = ({ headers }) => ({
    tenantId: "default",
    agent: headers.get("x-agent") ?? "Hostile",
    signal: new AbortController().signal,
  });
  const url = await serve({ ...handlerOptions(authenticate), maxListens: 5, maxAgents: 50 });
  const open = new AbortController();
  onTestFinished(() => open.abort());
  // Kept, since a response that is collected is closed.
  const streams: Response[] = [];
  let refused = 0;
  for (let id = 0; id < 300; id++) {
    // Also as agents below its own, of which there is no end.
    const headers = { "syntha-agent": id % 2 === 0 ? "Hostile" : `Hostile/${id}` };
    const response = await post(url, "subscriptions/listen", {
      params: LISTEN,
      headers,
      id,
      signal: open.signal,
    });
    const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
    if (isStream) streams.push(response);
    else if ((await response.text()).includes("Subscription limit reached")) refused++;
  }
  expect([streams.length, refused]).toEqual([5, 295]);
  const headers = { "x-agent": "Victim" };
  const stream = await (await connect(url, { headers })).listen({ toolsListChanged: true });
  buses.get("Victim")?.publish({ kind: "tools_list_changed" });
  await stream.close();
});

it("refuses more requests in progress than it may have, and takes new ones when these end", async () => {
  const authenticate: Authenticate = () => ({ tenantId: "default", agent: "Claude" });
  const url = await serve({ ...handlerOptions(authenticate), maxRequests: 3 });
  const leaving = new AbortController();
  const calls = [1, 2, 3].map((id) =>
    post(url, "tools/call", { params: WAIT, id, signal: leaving.signal }),
  );
  await expect.poll(async () => (await post(url, "tools/list")).status).toBe(429);
  leaving.abort();
  await Promise.allSettled(calls);
  await expect.poll(async () => (await post(url, "tools/list")).status).toBe(200);
});

it("keeps no more agents than it may, and none that is in use is made again", async () => {
  const buses = listenable();
  const authenticate: Authenticate = ({ headers }) => ({
    tenantId: "default",
    agent: headers.get("x-agent") ?? "",
    signal: new AbortController().signal,
  });
  const url = await serve({ ...handlerOptions(authenticate), maxAgents: 2 });
  const as = (agent: string) => ({ headers: { "x-agent": agent } });
  const [a, b] = [await connect(url, as("A")), await connect(url, as("B"))];
  const stream = await a.listen({ toolsListChanged: true });
  const bus = buses.get("A");
  // B is idle, and makes room for each of the others.
  for (const agent of ["C", "D", "E"])
    expect((await post(url, "tools/list", as(agent))).status).toBe(200);
  await a.listTools();
  expect(buses.get("A")).toBe(bus);
  const second = await b.listen({ toolsListChanged: true });
  expect((await post(url, "tools/list", as("F"))).status).toBe(503);
  await second.close();
  await expect.poll(async () => (await post(url, "tools/list", as("F"))).status).toBe(200);
  expect(await isOpen(stream)).toBe(true);
});

it("ends the stream of a client that does not read", async () => {
  const buses = listenable();
  const authenticate: Authenticate = () => ({ tenantId: "default", agent: "Slow" });
  const url = await serve({ ...handlerOptions(authenticate), maxListens: 1 });
  const response = await post(url, "subscriptions/listen", { params: LISTEN });
  expect(response.status).toBe(200);
  const note = "x".repeat(100_000);
  const isRefused = async () =>
    (await (await post(url, "tools/list")).text()) !== "" &&
    !(await post(url, "subscriptions/listen", { params: LISTEN, id: 2 })).headers
      .get("content-type")
      ?.startsWith("text/event-stream");
  expect(await isRefused()).toBe(true);
  await expect
    .poll(async () => {
      for (let sent = 0; sent < 50; sent++)
        buses.get("Slow")?.publish({ kind: "tools_list_changed", params: { note } });
      return isRefused();
    })
    .toBe(false);
});
