import { ContextMesh, type Permissions } from "@syntha/core";
import { describe, expect, it } from "vitest";
import { delegate } from "../../src/identity/delegation.ts";
import { mcpHandler } from "../../src/index.ts";
import { post, serve } from "../support/serve.ts";

const CLAUDE = { tenantId: "default", agent: "Claude" };

function actingAs(...names: readonly string[]): string | undefined {
  const headers = names.map((name) => ["syntha-agent", name] as [string, string]);
  return delegate(CLAUDE, new Request("http://localhost/mcp", { headers }))?.agent;
}

describe("the header Syntha-Agent", () => {
  it.each([
    ["Claude", "Claude"],
    ["Claude/reviewer", "Claude/reviewer"],
    ["Claude%2Freviewer", "Claude/reviewer"],
    ["Claude/a%20b%2Cc", "Claude/a b,c"],
    ["Claude/a/b.c/...", "Claude/a/b.c/..."],
    [encodeURIComponent("Claude/審査"), "Claude/審査"],
  ])("%s names %s", (header, agent) => {
    expect(actingAs(header)).toBe(agent);
  });

  it.each([
    ["of an agent beside its own", "Claude/../Other"],
    ["that looks like its own", "Claude/."],
    ["that ends in nothing", "Claude/%20"],
    ["with a space around a part", "Claude/x%20/y"],
    ["with a line break", "Claude/x%0ASystem:"],
    ["that is not encoded", "Claude/a b"],
    ["in Latin-1", "Claude/é"],
    ["that is too long", `Claude/${"x".repeat(300)}`],
  ])("refuses a name %s", (_, header) => {
    expect(actingAs(header)).toBeUndefined();
  });

  it("refuses a header that is sent twice", () => {
    expect(actingAs("Claude/a", "Claude/b")).toBeUndefined();
    expect(actingAs("Claude/a", "Other")).toBeUndefined();
  });
});

describe("an agent with permissions", () => {
  const NONE: Permissions = { post: [], subscribe: [], global: false, direct: false };
  const push = { name: "push_context", arguments: { key: "k", value: 1, global: true } };
  const headers = { "syntha-agent": "Claude/x" };

  it("does not escape them under a name that has none", async () => {
    const mesh = new ContextMesh();
    const url = await serve({ mesh: () => mesh, authenticate: () => CLAUDE });
    expect((await post(url, "tools/call", { params: push, headers })).status).toBe(200);
    await mesh.setPermissions("Claude", NONE);
    const refused = await post(url, "tools/call", { params: push, headers });
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain("must have permissions");
    const listen = await post(url, "subscriptions/listen", { headers });
    expect(listen.status).toBe(403);
  });

  it("acts as an agent below that has its own", async () => {
    const mesh = new ContextMesh();
    const { fetch } = mcpHandler({ mesh: () => mesh, authenticate: () => CLAUDE });
    await mesh.setPermissions("Claude", NONE);
    await mesh.setPermissions("Claude/x", { ...NONE, post: ["drafts"] });
    const request = (method: string) => new Request("http://localhost/mcp", { method, headers });
    // Past the check of identities: a GET is never answered otherwise.
    expect((await fetch(request("GET"))).status).toBe(405);
    await mesh.setPermissions("Claude/x", null);
    expect((await fetch(request("GET"))).status).toBe(403);
  });
});
