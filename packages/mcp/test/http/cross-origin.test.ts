import { ContextMesh } from "@syntha/core";
import { expect, it } from "vitest";
import { type McpHandlerOptions, staticTokens } from "../../src/index.ts";
import { bearer, post, serve } from "../support/serve.ts";

const TOKEN = "claude-secret-token-001";
const PAGE = "https://app.acme.com";

async function start(options: Partial<McpHandlerOptions> = {}): Promise<string> {
  const mesh = new ContextMesh();
  return serve({
    mesh: () => mesh,
    authenticate: await staticTokens({ page: { token: TOKEN, agent: "Claude" } }),
    allowedOrigins: ["app.acme.com"],
    ...options,
  });
}

function preflight(url: string, origin: string, headers: string): Promise<Response> {
  return fetch(url, {
    method: "OPTIONS",
    headers: {
      origin,
      "access-control-request-method": "POST",
      "access-control-request-headers": headers,
    },
  });
}

it("lets a page of an allowed origin send the headers that it names, without a token", async () => {
  const url = await start();
  const asked = "authorization,content-type,mcp-method,mcp-param-region,syntha-agent";
  const { status, headers } = await preflight(url, PAGE, asked);
  expect(status).toBe(204);
  expect(headers.get("access-control-allow-origin")).toBe(PAGE);
  expect(headers.get("access-control-allow-headers")).toBe(asked);
  expect(headers.get("access-control-allow-methods")).toContain("POST");
  expect(headers.get("vary")).toContain("Origin");
  expect(headers.has("access-control-allow-credentials")).toBe(false);
});

it.each([
  ["an answer", 200, bearer(TOKEN)],
  ["a challenge", 401, {}],
  ["an agent that is refused", 403, { ...bearer(TOKEN), "syntha-agent": "Other" }],
])("lets a page of an allowed origin read %s", async (_, status, headers) => {
  const url = await start();
  const response = await post(url, "tools/list", { headers: { ...headers, origin: PAGE } });
  expect(response.status).toBe(status);
  expect(response.headers.get("access-control-allow-origin")).toBe(PAGE);
  expect(response.headers.get("access-control-expose-headers")).toContain("WWW-Authenticate");
});

it("lets no other page send or read", async () => {
  const url = await start();
  for (const origin of ["https://evil.example", "https://app.acme.com.evil.example", "null"]) {
    const { status, headers } = await preflight(url, origin, "authorization");
    expect(status).toBe(403);
    expect(headers.has("access-control-allow-origin")).toBe(false);
    const response = await post(url, "tools/list", { headers: { ...bearer(TOKEN), origin } });
    expect(response.headers.has("access-control-allow-origin")).toBe(false);
  }
});

it("sends no headers of CORS to programs", async () => {
  const { headers } = await post(await start(), "tools/list", { headers: bearer(TOKEN) });
  expect([...headers.keys()].filter((name) => name.startsWith("access-control-"))).toEqual([]);
});

it("lets any page read what the server publishes of itself", async () => {
  const url = await start({
    resource: {
      url: "https://mesh.acme.com/mcp",
      authorizationServers: ["https://login.acme.com/"],
    },
  });
  const metadata = `${new URL(url).origin}/.well-known/oauth-protected-resource/mcp`;
  const asked = await preflight(metadata, "https://other.example", "mcp-protocol-version");
  expect(asked.status).toBe(204);
  expect(asked.headers.get("access-control-allow-headers")).toBe("mcp-protocol-version");
  for (const answer of [asked, await fetch(metadata)])
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
});
