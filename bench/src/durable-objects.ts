import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import type { Chapter, Figure } from "./figure.ts";

/** The Worker with all that it imports. */
async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("durable-objects-worker.ts", import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    conditions: ["@syntha/source", "workerd", "worker"],
    external: ["cloudflare:workers"],
  });
  return outputFiles[0]?.text ?? "";
}

/** In the Workers runtime, on this machine: what an object does for a commit, and what a Worker waits for. */
export const durableObjects: Chapter = {
  title: "In a Durable Object",
  async *figures(): AsyncGenerator<Figure> {
    const miniflare = new Miniflare({
      modules: true,
      script: await bundle(),
      compatibilityDate: "2026-07-01",
      durableObjects: { TENANTS: { className: "MeasuredObject", useSQLite: true } },
    });
    const url = await miniflare.ready;
    const run = (path: string) => async (times: number) => {
      const response = await fetch(new URL(`${path}?times=${times}`, url));
      if (!response.ok) throw new Error(await response.text());
    };
    await run("/prepare")(1);
    const commit = {
      name: "a commit, in the object",
      times: 500,
      rounds: 15,
    };
    yield {
      ...commit,
      baseline: "the same statements bare: check, then write",
      within: 1.5,
      ours: run("/commits"),
      against: run("/statements"),
    };
    yield {
      ...commit,
      baseline: "its row writes alone, as bare statements",
      ours: run("/more-commits"),
      against: run("/writes"),
    };
    yield {
      name: "push, awaited, from a Worker",
      baseline: "a call of an object that makes the same statements bare",
      within: 1.5,
      times: 200,
      rounds: 15,
      ours: run("/pushes"),
      against: run("/calls"),
    };
    await miniflare.dispose();
  },
};
