import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../..", import.meta.url));

it("compiles against the types of the oldest SDK of the peer range", async () => {
  const tsc = `${root}/node_modules/typescript/bin/tsc`;
  const project = "packages/openai/test/oldest-sdk";
  const { stdout } = await run(process.execPath, [tsc, "-p", project, "--listFiles"], {
    cwd: root,
    maxBuffer: 16 * 1_024 * 1_024,
  });
  const sdks = new Set(stdout.match(/\/openai@\d+/g));
  expect([...sdks]).toEqual(["/openai@6"]);
});
