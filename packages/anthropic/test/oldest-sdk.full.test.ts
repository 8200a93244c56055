import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it, vi } from "vitest";

// The oldest SDK that the adapter is for takes the place of the newest in all that these files import.
vi.mock("@anthropic-ai/sdk", () => import("@anthropic-ai/sdk-0"));
vi.mock(
  "@anthropic-ai/sdk/helpers/beta/json-schema",
  () => import("@anthropic-ai/sdk-0/helpers/beta/json-schema"),
);
vi.mock(
  "@anthropic-ai/sdk/lib/tools/ToolError",
  () => import("@anthropic-ai/sdk-0/lib/tools/ToolError"),
);

const { VERSION } = await import("@anthropic-ai/sdk-0/version");
await import("./contract.test.ts");
await import("./runner.test.ts");

it(`fits the types of ${VERSION}`, async () => {
  const project = `${import.meta.dirname}/oldest-sdk.json`;
  const tsc = fileURLToPath(new URL("bin/tsc", import.meta.resolve("typescript/package.json")));
  const { stdout } = await promisify(execFile)(process.execPath, [tsc, "-p", project]).catch(
    (error: { stdout: string }) => error,
  );
  expect(stdout).toBe("");
});
