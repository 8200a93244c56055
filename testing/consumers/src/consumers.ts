import type { Consumer } from "./consumer.ts";
import type { Versions } from "./versions.ts";

/** All consumers and the packages that they install. */
export function consumersWith(versions: Versions): readonly Consumer[] {
  const at = (...names: readonly string[]) => names.map((name) => `${name}@${versions(name)}`);
  return [
    {
      name: "core alone",
      of: "core",
      packages: ["core"],
      others: [],
      nothingBut: ["@syntha/core"],
      checksLibraries: true,
      edge: true,
    },
    {
      name: "core + sqlite",
      of: "storage-sqlite",
      packages: ["core", "storage-sqlite"],
      others: at("better-sqlite3"),
      checksLibraries: true,
    },
    {
      name: "core + postgres",
      of: "storage-postgres",
      packages: ["core", "storage-postgres"],
      others: at("pg"),
      checksLibraries: true,
      needs: "database",
    },
    {
      name: "core + postgres by the oldest pg",
      of: "storage-postgres",
      packages: ["core", "storage-postgres"],
      others: ["pg@8.13.0"],
      needs: "database",
    },
    {
      name: "core + tools",
      of: "tools",
      packages: ["core", "tools"],
      others: [],
      nothingBut: ["@syntha/core", "@syntha/tools", "zod"],
      checksLibraries: true,
      edge: true,
    },
    {
      name: "core + prompts",
      of: "prompts",
      packages: ["core", "prompts"],
      others: [],
      nothingBut: ["@syntha/core", "@syntha/prompts"],
      checksLibraries: true,
      edge: true,
    },
    {
      name: "tools + openai",
      of: "openai",
      packages: ["core", "tools", "openai"],
      others: at("openai"),
      needs: "model",
    },
    {
      name: "tools + langchain",
      of: "langchain",
      packages: ["core", "tools", "langchain"],
      others: at("langchain", "@langchain/core", "@langchain/openai", "@langchain/langgraph"),
      needs: "model",
    },
    {
      name: "tools + anthropic",
      of: "anthropic",
      packages: ["core", "tools", "anthropic"],
      others: at("@anthropic-ai/sdk"),
      needs: "model",
    },
    {
      name: "tools + ai-sdk",
      of: "ai-sdk",
      packages: ["core", "tools", "ai-sdk"],
      others: at("ai", "@ai-sdk/openai"),
      needs: "model",
    },
    {
      name: "tools + resilience",
      of: "resilience",
      packages: ["core", "tools", "resilience"],
      others: [],
      nothingBut: ["@syntha/core", "@syntha/resilience", "@syntha/tools", "cockatiel", "zod"],
      checksLibraries: true,
      edge: true,
    },
    {
      name: "tools + telemetry",
      of: "telemetry",
      packages: ["core", "tools", "telemetry"],
      others: at("@opentelemetry/api", "@opentelemetry/sdk-trace"),
      checksLibraries: true,
    },
  ];
}
