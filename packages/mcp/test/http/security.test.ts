import { ERAS } from "../support/eras.ts";
import { request as nodeRequest } from "node:http";
import { ContextMesh } from "@syntha/core";
import { expect, it } from "vitest";
import { type McpHandlerOptions, type Scope, staticTokens } from "../../src/index.ts";
import { bearer, connect, post, serve } from "../support/serve.ts";

const TOKEN = "claude-secret-token-001";
const RESOURCE = {
  url: "https://mesh.acme.com/mcp",
  authorizationServers: ["https://login.acme.com/"],
};

async function options(scopes?: readonly Scope[]): Promise<McpHandlerOptions> {
  const mesh = new ContextMesh({ tenantId: "acme" });
  const authenticate = await staticTokens({
    laptop: { token: TOKEN, agent: "Claude", tenantId: "acme", ...(scopes && { scopes }) },
    old: {
      token: "an-expired-token-000001",
      agent: "Claude",
      tenantId: "acme",
      expiresAt: "2020-01-01",
    },
  });
  return { mesh: () => mesh, authenticate };
}

/** `fetch` sets Host itself. */
function statusFor(url: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = nodeRequest(url, { method: "POST", headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on("error", reject);
    sent.end("{}");
  });
}

it("refuses a Host that a page may have bound to this address", async () => {
  const url = await serve(await options());
  const { port } = new URL(url);
  for (const host of [
    "evil.example",
    `evil.example:${port}`,
    "localhost.evil.example",
    "127.0.0.2",
  ])
    expect(await statusFor(url, { host, ...bearer(TOKEN) })).toBe(403);
  for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, "[::1]"])
    expect(await statusFor(url, { host, ...bearer(TOKEN) })).not.toBe(403);
});

it("allows the hosts of its options, and that of its resource", async () => {
  const named = await serve({ ...(await options()), allowedHosts: ["mesh.internal"] });
  expect(await statusFor(named, { host: "mesh.internal:80", ...bearer(TOKEN) })).not.toBe(403);
  expect(await statusFor(named, { host: "localhost", ...bearer(TOKEN) })).toBe(403);
  const published = await serve({ ...(await options()), resource: RESOURCE });
  expect(await statusFor(published, { host: "mesh.acme.com", ...bearer(TOKEN) })).not.toBe(403);
});

it("answers TRACE, of which no copy can be made, like every method but POST", async () => {
  const url = await serve(await options());
  const sent = nodeRequest(url, { method: "TRACE", headers: bearer(TOKEN) });
  const status = await new Promise((resolve, reject) => {
    sent.on("error", reject).on("response", (response) => resolve(response.resume().statusCode));
    sent.end();
  });
  expect(status).toBe(405);
});

it("refuses the pages of other origins, also with a valid token", async () => {
  const url = await serve(await options());
  for (const origin of ["https://evil.example", "null", "http://localhost.evil.example", "file://"])
    expect((await post(url, "tools/list", { headers: { origin, ...bearer(TOKEN) } })).status).toBe(
      403,
    );
  const origin = "http://localhost:6274";
  const allowed = await post(url, "tools/list", { headers: { origin, ...bearer(TOKEN) } });
  expect(allowed.status).toBe(200);
});

it.each([
  ["no token", {}],
  ["an unknown token", bearer("some-other-token-0000001")],
  ["an expired token", bearer("an-expired-token-000001")],
  ["a part of a token", bearer(TOKEN.slice(0, -1))],
  ["another scheme", { authorization: `Basic ${TOKEN}` }],
  ["a token in the wrong place", { authorization: TOKEN }],
])("answers %s with a challenge", async (_, headers) => {
  const url = await serve({ ...(await options()), resource: RESOURCE });
  const response = await post(url, "tools/list", { headers });
  expect(response.status).toBe(401);
  const challenge = response.headers.get("www-authenticate");
  expect(challenge).toContain(
    'resource_metadata="https://mesh.acme.com/.well-known/oauth-protected-resource/mcp"',
  );
  expect(challenge?.includes('error="invalid_token"')).toBe("authorization" in headers);
  expect(challenge).toContain('scope="syntha:read syntha:write syntha:destroy"');
});

it("publishes what it is to clients without a token", async () => {
  const url = await serve({ ...(await options()), resource: { ...RESOURCE, name: "Acme" } });
  const { origin } = new URL(url);
  const metadata = await fetch(`${origin}/.well-known/oauth-protected-resource/mcp`);
  expect(await metadata.json()).toEqual({
    resource: "https://mesh.acme.com/mcp",
    authorization_servers: ["https://login.acme.com/"],
    scopes_supported: ["syntha:read", "syntha:write", "syntha:destroy"],
    bearer_methods_supported: ["header"],
    resource_name: "Acme",
  });
  const other = await fetch(`${origin}/.well-known/oauth-protected-resource/other`);
  expect(other.status).toBe(404);
  const unpublished = await serve(await options());
  const none = `${new URL(unpublished).origin}/.well-known/oauth-protected-resource`;
  expect((await fetch(none)).status).toBe(404);
});

it.each([
  "Claude2",
  "Claud",
  "Other",
  "Other/Claude",
  "claude/reviewer",
  "Claude/",
  "Claude//reviewer",
  "Claude/a/",
  "Claude/%00",
  "Claude/%",
  "",
])("refuses to act as %o", async (name) => {
  const url = await serve(await options());
  const headers = { ...bearer(TOKEN), "syntha-agent": name };
  expect((await post(url, "tools/list", { headers })).status).toBe(403);
});

it("acts as agents below with names of any script", async () => {
  const url = await serve(await options());
  const headers = { ...bearer(TOKEN), "syntha-agent": encodeURIComponent("Claude/審査/2") };
  const params = { name: "list_context", arguments: {} };
  const response = await post(url, "tools/call", { params, headers });
  expect(await response.text()).toContain("Claude/審査/2");
});

const CALLS = {
  "syntha:read": { name: "list_context", arguments: {} },
  "syntha:write": { name: "push_context", arguments: { key: "k", value: 1, global: true } },
  "syntha:destroy": { name: "delete_context", arguments: { keys: ["k"] } },
} as const satisfies Record<Scope, { name: string; arguments: object }>;

it.each(Object.keys(CALLS) as Scope[])("lists and calls only what %s allows", async (scope) => {
  const url = await serve({ ...(await options([scope])), resource: RESOURCE });
  const client = await connect(url, { token: TOKEN });
  const names = (await client.listTools()).tools.map(({ name }) => name);
  for (const [needed, params] of Object.entries(CALLS)) {
    expect(names.includes(params.name)).toBe(needed === scope);
    const response = await post(url, "tools/call", { params, headers: bearer(TOKEN) });
    const challenge = response.headers.get("www-authenticate");
    const asked = /error="(?<error>\w+)".*scope="(?<scope>[^"]+)".*resource_metadata=/.exec(
      challenge ?? "",
    )?.groups;
    const refused = { error: "insufficient_scope", scope: `${scope} ${needed}` };
    const expected = needed === scope ? [200, undefined] : [403, refused];
    expect([response.status, asked && { ...asked }]).toEqual(expected);
  }
});

it("needs the scope to read for what is not a tool", async () => {
  const url = await serve(await options(["syntha:write"]));
  const headers = bearer(TOKEN);
  const params = { notifications: { resourceSubscriptions: ["syntha://item/k"] } };
  for (const method of ["resources/list", "prompts/list", "subscriptions/listen"])
    expect((await post(url, method, { params, headers })).status).toBe(403);
  for (const method of ["tools/list", "server/discover"])
    expect((await post(url, method, { headers })).status).toBe(200);
});

it("needs the scope to write for what it does not know", async () => {
  const url = await serve(await options(["syntha:read"]));
  const headers = bearer(TOKEN);
  expect((await post(url, "tasks/cancel", { headers })).status).toBe(403);
  const params = { name: "tool_of_a_later_version", arguments: {} };
  expect((await post(url, "tools/call", { params, headers })).status).toBe(403);
});

it("needs the scopes of every call of a batch", async () => {
  const url = await serve(await options(["syntha:read"]));
  const body = Object.values(CALLS).map((params, id) => ({
    jsonrpc: "2.0",
    id,
    method: "tools/call",
    params,
  }));
  const response = await fetch(url, {
    method: "POST",
    headers: {
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
      ...bearer(TOKEN),
    },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(403);
});

it("answers a tool outside of the role as the role does, not with a scope to ask for", async () => {
  const mesh = new ContextMesh();
  const authenticate = () => ({
    tenantId: "default",
    agent: "Reader",
    role: "readonly" as const,
    scopes: ["syntha:read"] as const,
  });
  const url = await serve({ mesh: () => mesh, authenticate });
  const response = await post(url, "tools/call", { params: CALLS["syntha:write"] });
  expect(response.status).toBe(200);
  expect(await response.text()).toContain("TOOL_DENIED");
});

it.each([
  ["declared", (size: number) => "x".repeat(size)],
  ["streamed", (size: number) => new Blob(["x".repeat(size)]).stream()],
])("refuses a %s body that is too large", async (_, bodyOf) => {
  const url = await serve({ ...(await options()), maxBodyBytes: 10_000 });
  const send = (size: number) =>
    fetch(url, {
      method: "POST",
      headers: {
        accept: "application/json, text/event-stream",
        "content-type": "application/json",
        ...bearer(TOKEN),
      },
      body: bodyOf(size),
      duplex: "half",
    });
  expect((await send(10_001)).status).toBe(413);
  expect((await send(10_000)).status).toBe(400);
});

it("answers a request without a token before its body is there", async () => {
  const url = await serve(await options());
  const headers = { "content-type": "application/json", "content-length": "1000000000" };
  const status = await new Promise((resolve, reject) => {
    const sent = nodeRequest(url, { method: "POST", headers }, (response) => {
      resolve(response.statusCode);
      sent.destroy();
    });
    sent.on("error", reject);
    sent.write("{");
  });
  expect(status).toBe(401);
});

it.each(ERAS)("refuses a %s client without a token", async (era) => {
  const url = await serve(await options());
  await expect(connect(url, { era })).rejects.toThrow(/401|Unauthorized|token/i);
});
