import { ContextMesh, TenantRegistry } from "@syntha/core";
import { describe, expect, it } from "vitest";
import { type Authenticate, mcpHandler, type McpHandlerOptions } from "../../src/index.ts";
import { post, serve } from "../support/serve.ts";

const authenticate: Authenticate = () => ({ tenantId: "acme", agent: "Claude" });
const LISTEN = { params: { notifications: { resourcesListChanged: true } } };

/** What a stream brings until it ends. */
async function streamOf(response: Response): Promise<string> {
  expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/u);
  return response.text();
}

describe("a listen", () => {
  it("ends when its tenant is dropped, and finds the tenant's new mesh when it is opened again", async () => {
    const tenants = new TenantRegistry();
    const url = await serve({ mesh: tenants, authenticate });
    const stream = streamOf(await post(url, "subscriptions/listen", LISTEN));
    await tenants.drop("acme");
    expect(await stream).toContain('"resultType":"complete"');

    const again = await post(url, "subscriptions/listen", LISTEN);
    await tenants.mesh("acme").system.push("plan", 1, { global: true });
    const reader = again.body?.pipeThrough(new TextDecoderStream()).getReader();
    for (let text = ""; !text.includes("list_changed");) text += (await reader?.read())?.value;
    await reader?.cancel();
  });

  it("ends when its mesh is closed", async () => {
    const mesh = new ContextMesh({ tenantId: "acme" });
    const url = await serve({ mesh: () => mesh, authenticate });
    const stream = streamOf(await post(url, "subscriptions/listen", LISTEN));
    await mesh.close();
    expect(await stream).toContain('"resultType":"complete"');
  });
});

it("answers a listen to a mesh that is closed with 503", async () => {
  const mesh = new ContextMesh({ tenantId: "acme" });
  await mesh.close();
  const url = await serve({ mesh: () => mesh, authenticate });
  const { status, headers } = await post(url, "subscriptions/listen", LISTEN);
  expect({ status, retryAfter: headers.get("retry-after") }).toEqual({
    status: 503,
    retryAfter: "1",
  });
});

describe("a handler that is closed", () => {
  /** Waits where the options say, until it is let go. */
  function pausing(name: "authenticate" | "mesh") {
    const mesh = new ContextMesh({ tenantId: "acme" });
    const reached = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const pause = async (): Promise<void> => {
      reached.resolve();
      await go.promise;
    };
    const options: McpHandlerOptions = {
      authenticate: async (request) => {
        if (name === "authenticate") await pause();
        return authenticate(request);
      },
      mesh: async () => {
        if (name === "mesh") await pause();
        return mesh;
      },
    };
    return { options, reached: reached.promise, go: go.resolve };
  }

  it.each(["authenticate", "mesh"] as const)(
    "answers a listen that waits for `%s` with 503, in place of a stream that never ends",
    async (name) => {
      const { options, reached, go } = pausing(name);
      const handler = mcpHandler(options);
      const meta = { "io.modelcontextprotocol/protocolVersion": "2026-07-28" };
      const answer = handler.fetch(
        new Request("http://localhost/mcp", {
          method: "POST",
          headers: { "content-type": "application/json", "mcp-protocol-version": "2026-07-28" },
          body: JSON.stringify({
            jsonrpc: "2.0",
            id: 1,
            method: "subscriptions/listen",
            params: { ...LISTEN.params, _meta: meta },
          }),
        }),
      );
      await reached;
      await handler.close();
      go();
      expect((await answer).status).toBe(503);
    },
  );
});
