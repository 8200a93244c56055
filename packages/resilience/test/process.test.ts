import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";

function run(program: string): { status: number | null; stdout: string } {
  const { status, stdout } = spawnSync(
    process.execPath,
    ["--input-type=module", "--eval", program],
    { cwd: import.meta.dirname, encoding: "utf8", timeout: 100_000 },
  );
  return { status, stdout };
}

it("keeps the process alive until a timeout expires", () => {
  const { status, stdout } = run(`
    import { MemoryStorage } from "@syntha/core";
    import { resilientStorage } from "@syntha/resilience";
    const silent = new MemoryStorage();
    silent.stats = () => new Promise(() => {});
    const storage = resilientStorage(silent, { timeout: 50, retry: false });
    await storage.open();
    await storage.get("acme", null, ["k"]);
    await storage.stats("acme").catch(({ code }) => console.log(code));
  `);
  expect({ status, stdout }).toEqual({ status: 0, stdout: "TIMEOUT\n" });
});

it("does not keep the process alive after all answers", () => {
  const { status } = run(`
    import { MemoryStorage } from "@syntha/core";
    import { resilientStorage } from "@syntha/resilience";
    const storage = resilientStorage(new MemoryStorage(), { timeout: "10m" });
    await storage.open();
    await Promise.all([storage.stats("acme"), storage.stats("acme")]);
  `);
  expect(status).toBe(0);
});
