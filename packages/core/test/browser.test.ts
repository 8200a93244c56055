import { createContext, runInContext } from "node:vm";
import { bundle } from "@syntha/testing-bundle";
import { beforeAll, describe, expect, it } from "vitest";

const ENTRY = new URL(import.meta.resolve("@syntha/core"));

/** What there is wherever JavaScript runs on the web: pages, workers, edge runtimes. */
const WEB_GLOBALS = {
  AbortController,
  AbortSignal,
  TextDecoder,
  TextEncoder,
  atob,
  btoa,
  clearInterval,
  clearTimeout,
  crypto,
  performance,
  queueMicrotask,
  setInterval,
  setTimeout,
  structuredClone,
};

/** The package's main entry as a page would load it: one script, nothing left outside. */
async function script(): Promise<string> {
  const chunks = await bundle(ENTRY, { runtime: "page", global: "syntha" });
  expect(chunks).toHaveLength(1);
  expect(chunks.flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports])).toEqual(
    [],
  );
  return chunks[0]?.code ?? "";
}

/** Code without its comments and texts, which may name what they like. */
const bare = (code: string): string =>
  code
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .replaceAll(/\/\/.*$/gm, "")
    .replaceAll(/"(?:[^"\\\n]|\\.)*"/g, '""')
    .replaceAll(/`(?:[^`\\]|\\.)*`/g, "``");

describe("core in a browser", () => {
  let code = "";
  beforeAll(async () => {
    code = await script();
  });

  it("imports no Node module", () => {
    expect(code).not.toMatch(/["'`]node:/);
    expect(code).not.toContain("__vite-browser-external");
  });

  it.each([
    "process",
    "Buffer",
    "setImmediate",
    "clearImmediate",
    "require",

    "__dirname",
  ])("uses no %s", (name) => {
    expect(bare(code)).not.toMatch(new RegExp(String.raw`(?<![.\w$])${name}(?![\w$:])`));
  });

  it("pushes, reads, watches and claims with web globals only", async () => {
    const context = createContext({ ...WEB_GLOBALS });
    const done = runInContext(
      `${code}
      (async () => {
        const mesh = new syntha.ContextMesh({ tenantId: "acme" });
        const agent = mesh.agent("Ann");
        await agent.subscribe(["orders"]);
        const watch = agent.watch({ initial: true });
        await agent.push("order", { total: 5, note: "für 東京" }, { topics: ["orders"], ttl: "1h" });
        const seen = [];
        for await (const change of watch) {
          seen.push(change.type);
          if (change.type === "put") break;
        }
        const { nextPage } = await agent.push("other", 1, { global: true }).then(() => agent.list({ limit: 1 }));
        const lease = await agent.claim({ topic: "orders" });
        await lease.complete("shipped", { events: [{ type: "shipped", data: null, global: true }] });
        const refused = await agent.push("new", 1).catch((error) => error.code);
        const answers = [seen, await agent.getAll(), (await agent.list({ page: nextPage })).items.length, refused];
        await mesh.close();
        return JSON.stringify(answers);
      })()`,
      context,
    ) as Promise<string>;
    expect(JSON.parse(await done)).toEqual([
      ["ready", "put"],
      { order: "shipped", other: 1 },
      1,
      "ROUTE_REQUIRED",
    ]);
  });
});
