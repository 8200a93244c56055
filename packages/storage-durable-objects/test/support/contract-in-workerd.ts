import type { Miniflare } from "miniflare";
import { afterAll, describe, expect, it } from "vitest";
import type { ContractRequest } from "./contract-worker.ts";
import { startWorker } from "./start-objects.ts";
import type { CaseReport } from "./workerd-runner.ts";

/**
 * Runs the storage contract in the Workers runtime, where the storage and its objects are. Each of its cases is a case
 * here.
 */
export async function contractInWorkerd(request: ContractRequest): Promise<void> {
  const miniflare = await startWorker("contract-worker.ts", "ClockedObject", {
    compatibilityFlags: ["nodejs_compat"],
  });
  afterAll(() => miniflare.dispose());
  const names = JSON.parse(await text(miniflare, "/list", request)) as readonly string[];
  let reports: Promise<readonly CaseReport[]> | undefined;
  const run = async (): Promise<readonly CaseReport[]> =>
    (await text(miniflare, "/run", request))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as CaseReport);

  describe("in the Workers runtime", () => {
    it.for([...new Set(names)])("%s", { timeout: 3_600_000 }, async (name, { skip }) => {
      const found = (await (reports ??= run())).filter((each) => each.name === name);
      if (found.length > 0 && found.every(({ state }) => state === "skip")) skip(found[0]?.reason);
      // Several cases may have one name.
      const failed = found.filter(({ state }) => state === "fail");
      expect(failed.map(({ reason }) => reason).join("\n")).toBe("");
      expect([found.length > 0, failed.length]).toEqual([true, 0]);
    });

    it("nothing fails outside a case", async () => {
      const others = (await (reports ??= run())).filter(({ name }) => !names.includes(name));
      expect(others).toEqual([]);
    });
  });
}

async function text(miniflare: Miniflare, path: string, request: ContractRequest): Promise<string> {
  const url = new URL(path, await miniflare.ready);
  const response = await fetch(url, { method: "POST", body: JSON.stringify(request) });
  return response.text();
}
