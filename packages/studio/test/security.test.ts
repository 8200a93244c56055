import { createServer, type IncomingMessage, request as httpRequest } from "node:http";
import { connect } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { serveStudio } from "../src/node.ts";
import { Tickets } from "../src/server/tickets.ts";
import { openMesh } from "./support/mesh.ts";
import { openStudio, post, refusalOf } from "./support/studio.ts";

async function serve(
  options: Partial<Parameters<typeof serveStudio>[0]> = {},
): Promise<{ readonly origin: string; readonly token: string; readonly url: string }> {
  const server = await serveStudio({ mesh: openMesh(), write: true, ...options });
  onTestFinished(() => server.close());
  return { origin: new URL(server.url).origin, token: server.token, url: server.url };
}

function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` };
}

it("opens an address whose token reaches no server, and takes it in a header alone", async () => {
  const { origin, token, url } = await serve();
  expect(url).toBe(`${origin}/#token=${token}`);
  expect(origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const page = await fetch(url);
  expect(page.headers.get("referrer-policy")).toBe("no-referrer");
  const statusOf = async (path: string, headers: Record<string, string>): Promise<number> =>
    (await fetch(`${origin}/${path}`, { headers })).status;
  expect(await statusOf("api/session", bearer(token))).toBe(200);
  expect(await statusOf("api/session", {})).toBe(401);
  expect(await statusOf(`api/session?token=${token}`, {})).toBe(401);
  expect(await statusOf("api/session", { cookie: `token=${token}` })).toBe(401);
  for (const wrong of [`${token}x`, token.slice(0, -1), "x", token.toUpperCase()])
    expect(await statusOf("api/session", bearer(wrong))).toBe(401);
});

it("opens a browser by an address that works once, and not for long", async () => {
  const server = await serveStudio({ mesh: openMesh() });
  onTestFinished(() => server.close());
  const { origin, hash } = new URL(await server.ticketUrl());
  const ticket = hash.slice("#ticket=".length);
  const exchange = (given: unknown): Promise<Response> =>
    post((path, init) => fetch(`${origin}/${path}`, init), "api/ticket", { ticket: given });
  expect((await exchange(`${ticket}x`)).status).toBe(401);
  expect((await fetch(`${origin}/api/session`, { headers: bearer(ticket) })).status).toBe(401);
  expect(await (await exchange(ticket)).json()).toEqual({ token: server.token });
  expect(await refusalOf(await exchange(ticket))).toMatchObject({
    status: 401,
    code: "UNAUTHORIZED",
    hint: "Open the address that `syntha studio` prints.",
  });
  expect((await exchange(5)).status).toBe(400);
  const foreign = { origin: "https://evil.example", "content-type": "application/json" };
  const stolen = await fetch(`${origin}/api/ticket`, {
    method: "POST",
    headers: foreign,
    body: JSON.stringify({ ticket: new URL(await server.ticketUrl()).hash.slice(8) }),
  });
  expect(stolen.status).toBe(403);
  let now = 0;
  const tickets = new Tickets("the token", () => now);
  const late = { ticket: await tickets.issue() };
  now = 60_000;
  await expect(tickets.exchange(late)).rejects.toMatchObject({ code: "UNAUTHORIZED" });
});

it("has no tickets behind a login of your own", async () => {
  const { request } = await openStudio({ mesh: openMesh(), authorize: () => undefined });
  expect((await post(request, "api/ticket", { ticket: "x" })).status).toBe(401);
});

it("asks for the token at every path but the page", async () => {
  const { origin, token } = await serve();
  for (const path of ["api/items", "api/live", "api/overview", "api/nothing", "api/log?at=x"]) {
    const response = await fetch(`${origin}/${path}`);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: "UNAUTHORIZED" });
  }
  const denied = await fetch(`${origin}/api/push`, { method: "POST", body: "{}" });
  expect(denied.status).toBe(401);
  const unknown = await fetch(`${origin}/api/nothing`, { headers: bearer(token) });
  expect(await refusalOf(unknown)).toMatchObject({ status: 404, code: "NO_ROUTE" });
});

it.each(["", "short", "with space and more letters", "ünïcödé-tökéns-äre-not", "x".repeat(15)])(
  "refuses to start with the token %j",
  async (token) => {
    await expect(serveStudio({ mesh: openMesh(), token })).rejects.toMatchObject({
      code: "INVALID_ARGUMENTS",
      details: { path: "token" },
    });
  },
);

/** A request whose Host is not that of its address, which `fetch` can't send. */
function requestAs(
  origin: string,
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(`${origin}${path}`, { headers }, (response: IncomingMessage) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on("error", reject);
    sent.end();
  });
}

it("refuses a page whose name was bound to this machine, and answers to names of this machine", async () => {
  const { origin, token } = await serve();
  for (const host of ["evil.example", "127.0.0.1.evil.example", "evil.example:80", "localhost.x"]) {
    for (const path of ["/", "/api/session"]) {
      const { status, text } = await requestAs(origin, path, { host, ...bearer(token) });
      expect([status, JSON.parse(text)]).toMatchObject([403, { code: "FORBIDDEN_ORIGIN" }]);
    }
  }
  for (const host of ["localhost", "localhost:1", "[::1]:3", "127.0.0.1"])
    expect((await requestAs(origin, "/api/session", { host, ...bearer(token) })).status).toBe(200);
});

it.each([
  [{ origin: "https://evil.example" }],
  [{ origin: "null" }],
  [{ origin: "http://127.0.0.1:1" }],
  [{ "sec-fetch-site": "cross-site" }],
  [{ "sec-fetch-site": "same-site" }],
])("refuses requests of foreign pages: %o", async (headers) => {
  const mesh = openMesh();
  const { url } = await openStudio({ mesh, write: true });
  const read = await requestAs(url, "/api/session", headers as unknown as Record<string, string>);
  expect([read.status, JSON.parse(read.text)]).toMatchObject([403, { code: "FORBIDDEN_ORIGIN" }]);
  const written = await post(
    (path, init) => fetch(`${url}/${path}`, init),
    "api/push",
    {},
    headers as never,
  );
  // `fetch` may not send the one that only browsers send.
  expect(written.status).toBeGreaterThanOrEqual(400);
  expect((await mesh.stats()).revision).toBe(0);
});

it("answers its own page, and allowed ones", async () => {
  const { url, request } = await openStudio({ mesh: openMesh(), allowedOrigins: ["app.acme.com"] });
  for (const origin of [url, "https://app.acme.com", "https://app.acme.com:8443"])
    expect((await request("api/session", { headers: { origin } })).status).toBe(200);
  const preflight = await request("api/push", {
    method: "OPTIONS",
    headers: { origin: "https://app.acme.com", "access-control-request-method": "POST" },
  });
  expect(preflight.headers.get("access-control-allow-origin")).toBeNull();
});

it.each([
  "text/plain",
  "application/x-www-form-urlencoded",
  "multipart/form-data",
  "",
  "application/jsonp",
])("refuses a body of the type %j, which forms of foreign pages could send", async (type) => {
  const { request } = await openStudio({ mesh: openMesh(), write: true });
  const body = JSON.stringify({ key: "a", value: 1, global: true });
  const sent = await request("api/push", {
    method: "POST",
    body: new TextEncoder().encode(body),
    headers: type === "" ? {} : { "content-type": type },
  });
  expect(await refusalOf(sent)).toMatchObject({ status: 400, code: "BAD_REQUEST" });
});

it("refuses a body that is too large, or not JSON", async () => {
  const { request } = await openStudio({ mesh: openMesh(), write: true });
  const send = (body: string): Promise<Response> =>
    request("api/push", { method: "POST", body, headers: { "content-type": "application/json" } });
  expect(await refusalOf(await send("{"))).toMatchObject({ status: 400, code: "BAD_REQUEST" });
  expect(await refusalOf(await send(`"${"x".repeat(5_000_000)}"`))).toMatchObject({ status: 413 });
  expect(await refusalOf(await send("[]"))).toMatchObject({ code: "INVALID_ARGUMENTS" });
});

it("sends headers with every answer that keep it from being sniffed, framed, cached or referred to", async () => {
  const { request } = await openStudio({ mesh: openMesh() });
  for (const path of ["", "api/session", "api/nothing", "api/items?limit=x", "api/live"]) {
    const stop = new AbortController();
    const { headers } = await request(path, { signal: stop.signal });
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
    expect(headers.get("cache-control")).toMatch(path === "" ? /^no-cache$/ : /^no-store/);
    stop.abort();
  }
});

it("says to a browser only that it failed, and why to the owner", async () => {
  const errors: Error[] = [];
  const { refusal } = await openStudio({
    mesh: openMesh(),
    authorize: () => {
      throw new Error("secret of the login");
    },
    onError: (error) => errors.push(error),
  });
  expect(await refusal("api/session")).toEqual({
    status: 500,
    code: "INTERNAL",
    error: "The server failed.",
    hint: "",
  });
  expect(errors.map(({ message }) => message)).toEqual(["secret of the login"]);
});

it("answers a request that is not HTTP by what Node does, and goes on", async () => {
  const { origin, token } = await serve();
  const { port } = new URL(origin);
  const text = await new Promise<string>((resolve) => {
    let received = "";
    const socket = connect(Number(port), "127.0.0.1", () => socket.end("GARBAGE\r\n\r\n"));
    socket.on("data", (chunk) => (received += chunk.toString()));
    socket.on("close", () => resolve(received));
  });
  expect(text).toContain("400 Bad Request");
  expect((await fetch(`${origin}/api/session`, { headers: bearer(token) })).status).toBe(200);
});

it("names a port that is in use", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  await expect(serveStudio({ mesh: openMesh(), port })).rejects.toMatchObject({
    code: "UNAVAILABLE",
    hint: "Stop the other program, or choose another port.",
  });
});

it.each([
  [{}, "mesh"],
  [{ mesh: {} }, "mesh"],
  [{ mesh: openMesh, tenants: openMesh }, "mesh"],
  [{ basePath: "studio" }, "basePath"],
  [{ allowedHosts: "acme.com" }, "allowedHosts"],
  [{ frameAncestors: ["'self'; script-src *"] }, "frameAncestors"],
  [{ page: 1 }, "page"],
])("refuses the options %o", async (options, path) => {
  const mesh = Object.keys(options).length === 0 || "mesh" in options ? {} : { mesh: openMesh() };
  await expect(openStudio({ ...mesh, ...options } as never)).rejects.toMatchObject({
    code: "INVALID_ARGUMENTS",
    details: { path },
  });
});
