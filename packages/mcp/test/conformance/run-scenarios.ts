import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";

/** A revision of the specification with a frozen set of required scenarios. */
export type Revision = "2025-11-25" | "2026-07-28";

/** A check of a scenario. */
interface Check {
  readonly id: string;
  readonly status: "SUCCESS" | "FAILURE" | "WARNING" | "SKIPPED" | "INFO";
  readonly errorMessage?: string;
}

export interface ScenarioResult {
  readonly scenario: string;
  /** Whether the revision requires it; the others are run and reported. */
  readonly isRequired: boolean;
  readonly checks: readonly Check[];
  readonly passed: boolean;
}

const require = createRequire(import.meta.url);
const folder = dirname(require.resolve("@modelcontextprotocol/conformance/package.json"));

/** Runs the scenarios that a revision requires, and those that it only reports, in the order of the suite. */
export async function runScenarios(url: URL, revision: Revision): Promise<ScenarioResult[]> {
  const required = await requiredScenarios(revision);
  const results = await mkdtemp(join(tmpdir(), "syntha-conformance-"));
  try {
    const args = ["server", "--url", url.href, "--requirements", revision, "-o", results];
    const child = spawn(process.execPath, [join(folder, "dist/index.js"), ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [output] = await Promise.all([text(child.stdout), once(child, "close")]);
    const folders = await readdir(results);
    const order = [...output.matchAll(/^=== Running scenario: (\S+) ===$/gmu)].map(
      ([, name]) => name!,
    );
    return await Promise.all(
      order.map(async (scenario) => {
        const name = folders.find((each) => scenarioOf(each) === scenario);
        const checks: Check[] =
          name === undefined
            ? [{ id: scenario, status: "FAILURE", errorMessage: "The scenario did not run." }]
            : JSON.parse(await readFile(join(results, name, "checks.json"), "utf8"));
        const passed = checks.every(({ status }) => status !== "FAILURE");
        return { scenario, isRequired: required.has(scenario), checks, passed };
      }),
    );
  } finally {
    await rm(results, { recursive: true, force: true });
  }
}

/** "server-ping-2026-11-29T16-00-00-000Z" → "ping" */
function scenarioOf(name: string): string {
  return name.replace(/^server-/u, "").replace(/-\d{4}-\d\d-\d\dT.*$/u, "");
}

/** The list under `server:` of the revision's file. */
async function requiredScenarios(revision: Revision): Promise<ReadonlySet<string>> {
  const file = await readFile(join(folder, "requirements", `${revision}.yaml`), "utf8");
  const section = /^server:\n((?: {2}- .*\n)+)/mu.exec(file)?.[1] ?? "";
  return new Set([...section.matchAll(/^ {2}- (\S+)$/gmu)].map(([, name]) => name!));
}
