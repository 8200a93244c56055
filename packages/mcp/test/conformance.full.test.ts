import {
  createMcpHandler,
  hostHeaderValidationResponse,
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  originValidationResponse,
} from "@modelcontextprotocol/server";
import { ContextMesh } from "@syntha/core";
import { afterAll, expect, it } from "vitest";
import { AgentServer } from "../src/agent/agent-server.ts";
import { type McpHandler, mcpHandler } from "../src/http/mcp-handler.ts";
import { addFixture } from "./conformance/fixture.ts";
import { type Revision, runScenarios, type ScenarioResult } from "./conformance/run-scenarios.ts";
import { listen } from "../src/node.ts";

/** Scenarios that have to fail, and why. A scenario of the list that passes fails the test: take it off the list. */
const EXPECTED_FAILURES: Readonly<Record<Revision, Readonly<Record<string, string>>>> = {
  "2026-07-28": {},
  "2025-11-25": {
    "tools-call-sampling": "asks the client during a call, which needs a session; ours keeps none",
    "tools-call-elicitation":
      "asks the client during a call, which needs a session; ours keeps none",
    "elicitation-sep1034-defaults": "asks the client during a call, which needs a session",
    "elicitation-sep1330-enums": "asks the client during a call, which needs a session",
  },
};

/** Scenarios without fixture tools, prompts or resources: a server without fixtures passes them. */
const WITHOUT_FIXTURE: Readonly<Record<Revision, readonly string[]>> = {
  "2026-07-28": [
    "tools-list",
    "completion-complete",
    "resources-list",
    "prompts-list",
    "caching",
    "server-sse-multiple-streams",
    "dns-rebinding-protection",
    "sep-2164-resource-not-found",
    "input-required-result-unsupported-methods",
  ],
  "2025-11-25": ["server-initialize", "ping", "tools-list", "dns-rebinding-protection"],
};

const LOOPBACK = { host: "127.0.0.1", port: 0 };

const rows: string[] = [];
afterAll(() => console.log(`\n${rows.join("\n")}\n`));

it.each<[Revision, number]>([
  ["2026-07-28", 37],
  ["2025-11-25", 30],
])("passes the scenarios that %s requires", async (revision, count) => {
  const results = await run(revision, true);
  const required = results.filter(({ isRequired }) => isRequired);
  const expected = EXPECTED_FAILURES[revision];
  report(revision, required, expected);
  const others = results.filter(({ isRequired, passed }) => !isRequired && passed);
  rows.push(`  not required, passed: ${others.map(({ scenario }) => scenario).join(", ")}`);
  expect(required).toHaveLength(count);
  expect(required.filter(({ passed }) => !passed).map(withReasons)).toEqual(
    required
      .filter(({ scenario }) => scenario in expected)
      .map(({ scenario }) => expect.objectContaining({ scenario })),
  );
});

// The older revision's are the same checks of the same handlers.
const revisions: readonly Revision[] =
  process.env["SYNTHA_TESTS"] === "full" ? ["2026-07-28", "2025-11-25"] : ["2026-07-28"];

it.each(revisions)(
  "passes the scenarios of %s that need no fixture, as it is",
  async (revision) => {
    const results = await run(revision, false);
    const passed = results.filter((result) => result.passed).map(({ scenario }) => scenario);
    rows.push(`${revision}, no fixture: ${passed.length} passed: ${passed.join(", ")}`);
    expect(passed).toEqual(expect.arrayContaining([...WITHOUT_FIXTURE[revision]]));
  },
);

/** Runs a revision's scenarios against an agent's server. */
async function run(revision: Revision, withFixture: boolean): Promise<ScenarioResult[]> {
  const mesh = new ContextMesh();
  const handler = withFixture ? fixtureHandler(mesh) : plainHandler(mesh);
  const server = await listen(handler, LOOPBACK);
  try {
    return await runScenarios(new URL(server.url), revision);
  } finally {
    await server.close();
    await mesh.close();
  }
}

function plainHandler(mesh: ContextMesh): McpHandler {
  const identity = { tenantId: mesh.tenantId, agent: "Claude" };
  return mcpHandler({ mesh: () => mesh, authenticate: () => identity });
}

function fixtureHandler(mesh: ContextMesh): McpHandler {
  const agentServer = new AgentServer(mesh.agent("Claude"), {});
  const handler = createMcpHandler(
    (context) => addFixture(agentServer.create(context), context, handler.notify),
    { bus: agentServer.bus },
  );
  return {
    fetch: async (request) =>
      hostHeaderValidationResponse(request, localhostAllowedHostnames()) ??
      originValidationResponse(request, localhostAllowedOrigins()) ??
      handler.fetch(request),
    close: handler.close,
  };
}

function withReasons({ scenario, checks }: ScenarioResult) {
  const failures = checks.filter(({ status }) => status === "FAILURE");
  return { scenario, reasons: failures.map(({ id, errorMessage }) => `${id}: ${errorMessage}`) };
}

function report(
  revision: Revision,
  results: readonly ScenarioResult[],
  expected: Readonly<Record<string, string>>,
): void {
  const passed = results.filter((result) => result.passed);
  const checks = results.flatMap((result) => result.checks);
  const count = (status: string) => checks.filter((check) => check.status === status).length;
  rows.push(
    `${revision}: ${passed.length} of ${results.length} scenarios; ${count("SUCCESS")} checks passed, ${count("WARNING")} warnings, ${count("SKIPPED")} skipped`,
    ...Object.entries(expected).map(([scenario, reason]) => `  ✗ ${scenario}: ${reason}`),
    ...checks
      .filter(({ status }) => status === "WARNING")
      .map(({ id, errorMessage }) => `  ! ${id}: ${errorMessage}`),
  );
}
