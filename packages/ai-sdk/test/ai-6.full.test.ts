import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it, vi } from "vitest";

// Version 6 takes the place of 7 in all that these files import.
vi.mock("ai", () => import("ai-6"));
vi.mock("@ai-sdk/openai", () => import("@ai-sdk/openai-3"));
vi.mock("@ai-sdk/google", () => import("@ai-sdk/google-3"));

await import("./contract.test.ts");
await import("./ai-tools.test.ts");
await import("./google.test.ts");

it("fits the types of version 6", async () => {
  const tsc = fileURLToPath(new URL("bin/tsc", import.meta.resolve("typescript/package.json")));
  const project = `${import.meta.dirname}/ai-6.json`;
  const { stdout } = await promisify(execFile)(process.execPath, [tsc, "-p", project]).catch(
    (error: { stdout: string }) => error,
  );
  expect(stdout).toBe("");
});
