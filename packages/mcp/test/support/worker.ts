import { ContextMesh } from "@syntha/core";
import { mcpHandler } from "../../src/index.ts";

/** One tenant: its requests share a mesh and a handler. */
export class Team {
  readonly #agents = new Map([
    ["claude-secret-token-001", "Claude"],
    ["codex-secret-token-0001", "Codex"],
  ]);
  readonly #mesh = new ContextMesh({ tenantId: "acme" });
  readonly #handler = mcpHandler({
    mesh: () => this.#mesh,
    authenticate: ({ headers }) => {
      const agent = this.#agents.get(headers.get("authorization")?.slice("Bearer ".length) ?? "");
      return agent === undefined ? undefined : { tenantId: "acme", agent };
    },
    toolsets: ["context", "live"],
  });

  async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/mcp") return this.#handler.fetch(request);
    this.#agents.delete(pathname.slice("/revoke/".length));
    return new Response(null, { status: 204 });
  }
}

interface Namespace {
  getByName(name: string): { fetch(request: Request): Promise<Response> };
}

export default {
  fetch: (request: Request, { TEAM }: { TEAM: Namespace }): Promise<Response> =>
    TEAM.getByName("acme").fetch(request),
};
