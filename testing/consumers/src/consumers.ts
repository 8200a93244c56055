import type { Consumer } from "./consumer.ts";
import type { Versions } from "./versions.ts";

const HELLO = {
  protocolVersion: "2025-11-25",
  clientInfo: { name: "consumer", version: "1.0.0" },
  capabilities: {},
};
const PUSH = { name: "push_context", arguments: { key: "plan", value: "Ship it.", global: true } };

/** What the MCP server brings along. */
const SERVED = ["core", "http", "tools", "prompts", "storage-sqlite", "storage-postgres", "mcp"];

/** What a client of an MCP server writes. */
const MCP_REQUESTS = [
  { jsonrpc: "2.0", id: 1, method: "initialize", params: HELLO },
  { jsonrpc: "2.0", method: "notifications/initialized" },
  { jsonrpc: "2.0", id: 2, method: "tools/call", params: PUSH },
];

/** Serves Studio, and prints the page that a browser gets. */
const STUDIO_PROGRAM = `
import { ContextMesh } from "@syntha/core";
import { serveStudio } from "@syntha/studio/node";
const mesh = new ContextMesh();
const studio = await serveStudio({ mesh });
console.log(await (await fetch(studio.url)).text());
await studio.close();
await mesh.close();
`;

/** All consumers and the packages that they install. */
export function consumersWith(versions: Versions): readonly Consumer[] {
  const at = (...names: readonly string[]) => names.map((name) => `${name}@${versions(name)}`);
  /** Without other libraries. */
  const alone = { others: [], checksLibraries: true, edge: true } as const;
  const ofTools = (of: string) => ({ name: `tools + ${of}`, of, packages: ["core", "tools", of] });
  const ofModel = (of: string, ...others: readonly string[]): Consumer => {
    return { ...ofTools(of), others: at(...others), needs: "model" };
  };
  const postgres = { of: "storage-postgres", packages: ["core", "storage-postgres"] };
  return [
    {
      ...alone,
      name: "core alone",
      of: "core",
      packages: ["core"],
      nothingBut: ["@syntha/core"],
    },
    {
      name: "core + sqlite",
      of: "storage-sqlite",
      packages: ["core", "storage-sqlite"],
      others: at("better-sqlite3"),
      checksLibraries: true,
    },
    {
      name: "core + sqlite by node:sqlite",
      of: "storage-sqlite",
      under: "Without a native module",
      packages: ["core", "storage-sqlite"],
      others: [],
      nothingBut: ["@syntha/core", "@syntha/storage-sqlite"],
      checksLibraries: true,
    },
    {
      ...postgres,
      name: "core + postgres",
      others: at("pg"),
      checksLibraries: true,
      needs: "database",
    },
    {
      ...postgres,
      name: "core + postgres by the oldest pg",
      others: ["pg@8.13.0"],
      needs: "database",
    },
    {
      ...alone,
      name: "core + tools",
      of: "tools",
      packages: ["core", "tools"],
      nothingBut: ["@syntha/core", "@syntha/tools", "zod"],
    },
    {
      ...alone,
      name: "core + prompts",
      of: "prompts",
      packages: ["core", "prompts"],
      nothingBut: ["@syntha/core", "@syntha/prompts"],
    },
    ofModel("openai", "openai"),
    ofModel(
      "langchain",
      "langchain",
      "@langchain/core",
      "@langchain/openai",
      "@langchain/langgraph",
    ),
    {
      ...ofTools("langchain"),
      name: "tools + the oldest langchain",
      others: [
        "langchain@1.1.0",
        "@langchain/core@1.1.0",
        "@langchain/openai@1.1.0",
        "@langchain/langgraph@1.0.2",
        "@langchain/langgraph-checkpoint@1.0.0",
      ],
      needs: "model",
    },
    {
      name: "the store of the oldest langchain",
      of: "langchain",
      under: "The store",
      packages: ["core", "tools", "langchain", "storage-sqlite"],
      others: [
        "@langchain/core@1.1.0",
        "@langchain/langgraph-checkpoint@1.0.0",
        ...at("better-sqlite3"),
      ],
    },
    ofModel("anthropic", "@anthropic-ai/sdk"),
    ofModel("ai-sdk", "ai", "@ai-sdk/openai"),
    {
      ...alone,
      ...ofTools("resilience"),
      nothingBut: ["@syntha/core", "@syntha/resilience", "@syntha/tools", "cockatiel", "zod"],
    },
    {
      ...ofTools("telemetry"),
      others: at("@opentelemetry/api", "@opentelemetry/sdk-trace"),
      checksLibraries: true,
    },
    {
      name: "mcp",
      of: "mcp",
      packages: SERVED,
      others: at("@modelcontextprotocol/client"),
      command: {
        line: ["syntha-mcp", "--storage", "sqlite:mesh.db", "--agent", "Claude"],
        input: MCP_REQUESTS.map((request) => `${JSON.stringify(request)}\n`).join(""),
        prints: '"success":true',
      },
    },
    {
      name: "cli",
      of: "core",
      packages: [...SERVED, "studio", "cli"],
      others: [],
      command: {
        line: ["syntha", "push", "plan", "-", "--global", "--storage", "sqlite:mesh.db", "--json"],
        input: "Ship it.",
        prints: '"key":"plan"',
      },
    },
    {
      name: "studio",
      of: "studio",
      packages: ["core", "http", "tools", "prompts", "studio"],
      others: [],
      command: {
        line: ["node", "--input-type=module", "-"],
        input: STUDIO_PROGRAM,
        prints: "<title>Syntha Studio",
      },
    },
  ];
}
