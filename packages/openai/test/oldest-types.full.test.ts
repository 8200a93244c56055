import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../..", import.meta.url));

it.for([
  ["oldest-sdk", /\/openai@\d+/g, "/openai@6"],
  ["oldest-agents", /\/@openai\+agents@\d+\.\d+/g, "/@openai+agents@0.16"],
] as const)("compiles against the types of the oldest SDK: %s", async ([project, sdk, oldest]) => {
  const tsc = `${root}/node_modules/typescript/bin/tsc`;
  const args = [tsc, "-p", `packages/openai/test/${project}`, "--listFiles"];
  const { stdout } = await run(process.execPath, args, { cwd: root, maxBuffer: 2 ** 24 });
  expect([...new Set(stdout.match(sdk))]).toEqual([oldest]);
});
