import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { macrotask } from "@syntha/core/storage";
import { expect, it } from "vitest";

it("lets timers and sockets run between macrotasks", async () => {
  let turns = 0;
  let last: NodeJS.Immediate;
  const turn = (): void => {
    turns++;
    last = setImmediate(turn);
  };
  turn();
  for (let i = 0; i < 200; i++) await macrotask();
  clearImmediate(last!);
  expect(turns).toBeGreaterThan(50);
});

it("resolves the waiters of one macrotask in order", async () => {
  const order: number[] = [];
  await Promise.all([1, 2, 3].map((n) => macrotask().then(() => order.push(n))));
  expect(order).toEqual([1, 2, 3]);
});

it.each([
  ["Node", ""],
  ["Deno", "globalThis.Deno = {};"],
])("keeps a process alive only while it is awaited, on %s", async (_, prelude) => {
  const program = `
    ${prelude}
    const { macrotask } = await import("@syntha/core/storage");
    for (let i = 0; i < 10; i++) await macrotask();
    console.log("done");`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module", "--eval", program],
    { cwd: import.meta.dirname, timeout: 60_000 },
  );
  expect(stdout).toBe("done\n");
});
