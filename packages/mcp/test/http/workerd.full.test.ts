import { bundle } from "@syntha/testing-bundle";
import { Miniflare } from "miniflare";
import { expect, it, onTestFinished } from "vitest";
import { ERAS } from "../support/eras.ts";
import { connect } from "../support/serve.ts";

const [CLAUDE, CODEX] = ["claude-secret-token-001", "codex-secret-token-0001"];
const PUSH = { name: "push_context", arguments: { key: "plan", value: "Ship it.", global: true } };
const READ = { name: "get_context", arguments: { keys: ["plan"] } };

/** A Durable Object in the runtime of Cloudflare Workers, on this machine until the test is over. */
async function startWorker(): Promise<string> {
  const [worker] = await bundle(new URL("../support/worker.ts", import.meta.url), {
    runtime: "edge",
  });
  const miniflare = new Miniflare({
    modules: true,
    script: worker?.code ?? "",
    compatibilityDate: "2026-07-01",
    durableObjects: { TEAM: "Team" },
  });
  onTestFinished(() => miniflare.dispose());
  return new URL("/mcp", await miniflare.ready).href;
}

it("serves the agents of a tenant from a Durable Object", async () => {
  const url = await startWorker();
  const claude = await connect(url, { token: CLAUDE });
  await claude.callTool(PUSH);
  for (const era of ERAS) {
    const codex = await connect(url, { era, token: CODEX });
    const wait = async (args: Record<string, unknown>) => {
      const waited = await codex.callTool({ name: "wait_for_changes", arguments: args });
      return waited.structuredContent as { cursor: string; changes: object[] };
    };
    const { cursor: since } = await wait({ timeout_seconds: 0.01 });
    const waiting = wait({ since });
    const read = await codex.callTool(READ);
    expect(read.structuredContent).toMatchObject({ context: { plan: "Ship it." } });
    await claude.callTool(PUSH);
    expect(await waiting).toMatchObject({ changes: [{ key: "plan" }] });
  }
});

it("streams from a Durable Object what other requests change, until the token is revoked", async () => {
  const url = await startWorker();
  const claude = await connect(url, { token: CLAUDE });
  const codex = await connect(url, { token: CODEX });
  const notices: string[] = [];
  codex.setNotificationHandler("notifications/resources/updated", ({ params }) => {
    notices.push(params.uri);
  });
  const stream = await codex.listen({ resourceSubscriptions: ["syntha://item/plan"] });
  await claude.callTool(PUSH);
  await expect.poll(() => notices).toEqual(["syntha://item/plan"]);
  await fetch(new URL(`/revoke/${CODEX}`, url));
  expect(await stream.closed).toBe("remote");
  await expect(codex.callTool(READ)).rejects.toThrow("token is not valid");
  await claude.callTool(READ);
});
