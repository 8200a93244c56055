import { existsSync, readFileSync } from "node:fs";

/** In the order of the listing: the patterns of the Python library's guide first, then others. */
const NAMES = [
  "hybrid-routing",
  "self-organizing-network",
  "dynamic-load-balancing",
  "batching-and-retrieval",
  "partitioning-and-federation",
  "multi-tenant",
  "circuit-breaker",
  "event-driven",
  "openai-integration",
  "multi-user",
  "microservices",
  "monitoring",
  "research-team",
  "pipeline",
  "request-reply",
  "coding-agents",
  "team-over-http",
  "claims",
  "compare-and-set-merge",
  "live-watch",
  "delta-prompts",
  "history-and-explain",
  "permissions",
  "limits",
  "langgraph-store",
] as const;

export interface Recipe {
  readonly name: string;
  readonly file: URL;
  /** From the first comment of its program. */
  readonly shows: string;
  readonly lookAt: string;
  /** Imported packages of Syntha, without their scope. */
  readonly packages: readonly string[];
}

/** A program of several files has its own folder. */
function fileOf(name: string): URL {
  const alone = new URL(`../recipes/${name}.ts`, import.meta.url);
  return existsSync(alone) ? alone : new URL(`../recipes/${name}/main.ts`, import.meta.url);
}

function headOf(file: URL): [shows: string, lookAt: string] {
  const [comment = ""] = readFileSync(file, "utf8").split("\n\n", 1);
  const [, shows, lookAt] = /^\/\/ Shows: (.+)\.\n\/\/ Look at: (.+)$/.exec(comment) ?? [];
  if (shows === undefined || lookAt === undefined)
    throw new Error(`${file.pathname} must begin with "Shows:" and "Look at:".`);
  return [shows, lookAt];
}

function packagesOf(file: URL, seen = new Set<string>()): Set<string> {
  const found = new Set<string>();
  if (seen.has(file.href)) return found;
  seen.add(file.href);
  for (const [, specifier = ""] of readFileSync(file, "utf8").matchAll(IMPORT)) {
    const ours = /^@syntha\/(?!test-)([\w-]+)/.exec(specifier)?.[1];
    if (ours !== undefined) found.add(ours);
    if (!specifier.startsWith(".")) continue;
    for (const name of packagesOf(new URL(specifier, file), seen)) found.add(name);
  }
  return found;
}

const IMPORT = /\b(?:from|import)[\s(]+"([^"]+)"/g;

export const recipes: readonly Recipe[] = NAMES.map((name) => {
  const file = fileOf(name);
  const [shows, lookAt] = headOf(file);
  return { name, file, shows, lookAt, packages: [...packagesOf(file)].toSorted() };
});
