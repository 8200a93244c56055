import { ERAS } from "../support/eras.ts";
import { ContextMesh, TenantRegistry } from "@syntha/core";
import { describe, expect, it } from "vitest";
import { type McpHandlerOptions, mcpHandler, staticTokens } from "../../src/index.ts";
import { connect, post, serve } from "../support/serve.ts";

const [ALICE, BOB] = ["alice-secret-token-0001", "bob-secret-token-00002"];

const CLAUDE = { tenantId: "default", agent: "Claude" };

async function twoTenants(): Promise<McpHandlerOptions & { tenants: TenantRegistry }> {
  const tenants = new TenantRegistry();
  const authenticate = await staticTokens({
    alice: { token: ALICE, agent: "Claude", tenantId: "acme" },
    bob: { token: BOB, agent: "Claude", tenantId: "globex" },
  });
  return { mesh: tenants, authenticate, tenants };
}

describe.each(ERAS)("a %s client", (era) => {
  it("acts as the agent of its token", async () => {
    const { tenants, ...options } = await twoTenants();
    const url = await serve(options);
    const client = await connect(url, { era, token: ALICE });
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain("push_context");
    const pushed = await client.callTool({
      name: "push_context",
      arguments: { key: "plan", value: "Ship it.", global: true },
    });
    expect(pushed.structuredContent).toMatchObject({ success: true, revision: 1 });
    const item = await tenants.mesh("acme").system.getItem("plan");
    expect(item).toMatchObject({ value: "Ship it.", author: "Claude" });
  });

  it("sees nothing of another tenant's agent of the same name", async () => {
    const { tenants: _, ...options } = await twoTenants();
    const url = await serve(options);
    const [alice, bob] = [
      await connect(url, { era, token: ALICE }),
      await connect(url, { era, token: BOB }),
    ];
    const push = { name: "push_context", arguments: { key: "k", value: "acme", global: true } };
    await alice.callTool(push);
    const read = { name: "get_context", arguments: { keys: ["k"] } };
    expect((await alice.callTool(read)).structuredContent).toMatchObject({ success: true });
    expect(JSON.stringify(await bob.callTool(read))).not.toContain("acme");
    const listed = await bob.callTool({ name: "list_context", arguments: {} });
    expect(JSON.stringify(listed)).not.toMatch(/acme|"k"/);
  });

  it("acts as an agent below its own that it names", async () => {
    const { tenants, ...options } = await twoTenants();
    const url = await serve(options);
    const headers = { "syntha-agent": "Claude/reviewer" };
    const client = await connect(url, { era, token: ALICE, headers });
    await client.callTool({
      name: "push_context",
      arguments: { key: "note", value: 1, global: true },
    });
    expect((await tenants.mesh("acme").system.getItem("note"))?.author).toBe("Claude/reviewer");
  });
});

it("keeps an agent's state apart from its server, which is made again after it was idle", async () => {
  const mesh = new ContextMesh();
  const authenticate = () => ({ tenantId: "default", agent: "Claude" });
  const url = await serve({ mesh: () => mesh, authenticate, idleAfter: 1 });
  const client = await connect(url);
  for (const key of ["a", "b", "c"]) {
    const call = { name: "push_context", arguments: { key, value: key, global: true } };
    expect((await client.callTool(call)).isError).toBeUndefined();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(await mesh.system.keys()).toEqual(["a", "b", "c"]);
});

it("serves a tenant that was dropped as a new one", async () => {
  const { tenants, ...options } = await twoTenants();
  const url = await serve(options);
  const client = await connect(url, { token: ALICE });
  const push = (key: string) =>
    client.callTool({ name: "push_context", arguments: { key, value: 1, global: true } });
  await push("before");
  await tenants.drop("acme");
  await push("after");
  expect(await tenants.mesh("acme").system.keys()).toEqual(["after"]);
});

it("applies the role and the toolsets of the identity, else its own", async () => {
  const mesh = new ContextMesh();
  const authenticate = ({ headers }: Request) =>
    headers.has("x-reader")
      ? { tenantId: "default", agent: "Reader", role: "readonly" as const }
      : { tenantId: "default", agent: "Writer", toolsets: ["context", "tasks"] as const };
  const url = await serve({ mesh: () => mesh, authenticate, toolsets: ["context"] });
  const namesFor = async (headers: Record<string, string>) => {
    const client = await connect(url, { headers });
    return (await client.listTools()).tools.map(({ name }) => name);
  };
  const reader = await namesFor({ "x-reader": "1" });
  expect(reader).toContain("get_context");
  expect(reader).not.toContain("push_context");
  expect(reader).not.toContain("claim_task");
  expect(await namesFor({})).toContain("claim_task");
  const refused = await (
    await connect(url, { headers: { "x-reader": "1" } })
  ).callTool({ name: "push_context", arguments: { key: "k", value: 1, global: true } });
  expect(refused.isError).toBe(true);
  expect(JSON.stringify(refused.content)).toContain("TOOL_DENIED");
});

it("answers 503 after it was closed", async () => {
  const mesh = new ContextMesh();
  const handler = mcpHandler({
    mesh: () => mesh,
    authenticate: () => ({ tenantId: "default", agent: "Claude" }),
  });
  await handler.close();
  const { status } = await handler.fetch(new Request("http://localhost/mcp", { method: "POST" }));
  expect(status).toBe(503);
});

it.each([
  ["an error", 500, new Error("secret detail")],
  ["no identity", 401, undefined],
  ["an identity that no agent can have", 500, { tenantId: "default", agent: "system" }],
  ["an identity that ends at no date", 401, { ...CLAUDE, expiresAt: new Date("soon") }],
  ["an unknown tenant", 403, { tenantId: "nowhere", agent: "Claude" }],
])("answers %s of the authenticator with %i", async (_, status, answer) => {
  const errors: Error[] = [];
  const mesh = new ContextMesh();
  const url = await serve({
    mesh: (tenantId) => (tenantId === "default" ? mesh : undefined),
    authenticate: () => {
      if (answer instanceof Error) throw answer;
      return answer;
    },
    onError: (error) => errors.push(error),
  });
  const response = await post(url, "tools/list");
  expect(response.status).toBe(status);
  expect(await response.text()).not.toContain("secret");
  expect(errors).toHaveLength(status === 500 ? 1 : 0);
});

it("does not report what a client did wrong as an error of the server", async () => {
  const errors: Error[] = [];
  const url = await serve({
    mesh: () => new ContextMesh(),
    authenticate: () => ({ tenantId: "default", agent: "Claude" }),
    onError: (error) => errors.push(error),
  });
  const statuses = [];
  for (const headers of [
    { "mcp-method": "tools/call" },
    { "mcp-protocol-version": "2099-01-01" },
    { "content-type": "text/plain" },
  ])
    statuses.push((await post(url, "tools/list", { headers })).status);
  for (const body of ["", "{", "5", "[]", "[[]]", '{"jsonrpc":"2.0","id":{},"method":"ping"}']) {
    const headers = { "content-type": "application/json" };
    statuses.push((await fetch(url, { method: "POST", headers, body })).status);
  }
  statuses.push((await fetch(url)).status);
  expect(statuses.every((status) => status >= 400 && status < 500)).toBe(true);
  expect(errors).toEqual([]);
});

it("refuses a mesh of another tenant than the identity's", async () => {
  const errors: Error[] = [];
  const url = await serve({
    mesh: () => new ContextMesh({ tenantId: "acme" }),
    authenticate: () => ({ tenantId: "globex", agent: "Claude" }),
    onError: (error) => errors.push(error),
  });
  expect((await post(url, "tools/list")).status).toBe(500);
  expect(errors).toMatchObject([{ code: "MISCONFIGURED" }]);
});

it.each(["mesh.acme.com:3111", "https://mesh.acme.com", "::1", "", 5])(
  "refuses %o, which is no host name",
  (name) => {
    const valid = { mesh: () => undefined, authenticate: () => undefined };
    for (const option of ["allowedHosts", "allowedOrigins"])
      expect(() => mcpHandler({ ...valid, [option]: ["mesh.acme.com", name] })).toThrow(
        `Invalid \`${option}\`: ${JSON.stringify(name)}.`,
      );
    mcpHandler({ ...valid, allowedHosts: ["mesh.acme.com", "[::1]", "Mesh"] });
  },
);

it("refuses unknown and invalid options", () => {
  const valid = { mesh: () => undefined, authenticate: () => undefined };
  for (const wrong of [{ maxListen: 1 }, { maxListens: 0 }, { allowedHosts: "a" }, { mesh: {} }])
    expect(() => mcpHandler({ ...valid, ...(wrong as object) })).toThrow(/`(max|allowed|mesh)/);
});
