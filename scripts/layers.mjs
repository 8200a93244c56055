import { builtinModules } from "node:module";
import { posix } from "node:path";
import { importsOf } from "./imports.mjs";

/**
 * @typedef {Record<string, string>} Versions
 * @typedef {{ name: string, exports?: Record<string, unknown>, dependencies?: Versions, peerDependencies?: Versions,
 *   optionalDependencies?: Versions, devDependencies?: Versions,
 *   peerDependenciesMeta?: Record<string, { optional?: boolean }> }} Manifest
 * @typedef {{ folder: string, manifest: Manifest, files: Map<string, string> }} Member
 *   a workspace member: "packages/core", its package.json, and its sources by path from the root
 */

/** For each package, the packages that it may build on. */
const LAYERS = {
  core: [],
  "storage-contract": ["core"],
  "storage-sqlite": ["core"],
  "storage-postgres": ["core"],
  "storage-durable-objects": ["core", "storage-sqlite"],
  tools: ["core"],
  prompts: ["core", "tools"],
  resilience: ["core", "tools"],
  telemetry: ["core", "tools"],
  openai: ["core", "tools"],
  langchain: ["core", "tools"],
  anthropic: ["core", "tools"],
  "ai-sdk": ["core", "tools"],
  http: ["core"],
  mcp: ["core", "http", "tools", "prompts", "storage-sqlite", "storage-postgres"],
  studio: ["core", "http", "tools", "prompts"],
  cli: ["core", "tools", "prompts", "mcp", "studio", "storage-sqlite", "storage-postgres"],
};

/** Whose library is whose: only this package's sources may name it. */
const VENDORS = {
  "better-sqlite3": "storage-sqlite",
  pg: "storage-postgres",
  openai: "openai",
  "@openai/agents": "openai",
  langchain: "langchain",
  "@langchain/core": "langchain",
  "@langchain/langgraph": "langchain",
  "@langchain/langgraph-checkpoint": "langchain",
  "@anthropic-ai/sdk": "anthropic",
  ai: "ai-sdk",
  cockatiel: "resilience",
  "@opentelemetry/api": "telemetry",
  "@hono/node-server": "http",
  "@modelcontextprotocol/server": "mcp",
  hono: "http",
  jose: "mcp",
  preact: "studio",
  "@preact/signals": "studio",
  "@clack/prompts": "cli",
  "@stricli/core": "cli",
  "fast-string-truncated-width": "cli",
  "jsonc-parser": "cli",
};

/** Libraries that a package brings itself; the others the user brings, so that there is one of each in the program. */
const BROUGHT = [
  "@clack/prompts",
  "@hono/node-server",
  "@modelcontextprotocol/server",
  "@stricli/core",
  "cockatiel",
  "fast-string-truncated-width",
  "hono",
  "jose",
  "jsonc-parser",
];
const PEERS = Object.keys(VENDORS).filter((name) => !BROUGHT.includes(name));

/**
 * Core's folders in the order in which a write travels: each imports only folders that stand before it. The files of
 * `src` itself, the entry points, import from all of them.
 */
export const CORE_FOLDERS = [
  "error",
  "concurrency",
  "text",
  "time",
  "options",
  "json",
  "route",
  "model",
  "schema",
  "log",
  "limit",
  "storage",
  "view",
  "connection",
  "decide",
  "facts",
  "memory",
  "session",
  "agents",
  "topics",
  "items",
  "events",
  "watch",
  "lease",
  "wait",
  "copy",
  "past",
  "verify",
  "mesh",
  "tenants",
];

/** The part of core that only tests load, and that may therefore use Node and a test runner. */
const TEST_TIME = "packages/core/src/testing/";

/**
 * @param {Member[]} members
 * @returns {string[]} one sentence for each broken rule, in the order of the members
 */
export function brokenLayers(members) {
  const manifests = new Map(members.map(({ manifest }) => [manifest.name, manifest]));
  const broken = members.flatMap((member) => [
    ...(isPackage(member) ? brokenManifest(member, manifests) : []),
    ...[...member.files].flatMap(([path, text]) =>
      importsOf(path, text).flatMap((specifier) => {
        const reason = brokenImport(member, path, specifier, manifests);
        return reason ? [`${path} imports ${specifier}: ${reason}`] : [];
      }),
    ),
  ]);
  const core = members.find(({ folder }) => folder === "packages/core");
  return core ? [...broken, ...testTimeReached(core)] : broken;
}

/**
 * Whether a package depends on no other one of this repository, also when it is built and tested.
 *
 * @param {Member["manifest"] | undefined} manifest
 */
function isAlone(manifest) {
  if (manifest === undefined) return false;
  const { dependencies, peerDependencies, optionalDependencies, devDependencies } = manifest;
  const names = Object.keys({
    ...dependencies,
    ...peerDependencies,
    ...optionalDependencies,
    ...devDependencies,
  });
  return !names.some((name) => siblingOf(name));
}

/**
 * @param {Member} member
 * @param {Map<string, Member["manifest"]>} manifests
 */
function brokenManifest({ folder, manifest }, manifests) {
  const short = posix.basename(folder);
  if (manifest.name !== `@syntha/${short}`) return [`${folder} must be named @syntha/${short}`];
  const allowed = layerOf(short);
  if (!allowed) return [`${folder} has no layer: give it one in scripts/layers.mjs`];

  const broken = [];
  const { dependencies = {}, peerDependencies = {}, optionalDependencies = {} } = manifest;
  for (const name of Object.keys({
    ...dependencies,
    ...peerDependencies,
    ...optionalDependencies,
  })) {
    const sibling = siblingOf(name);
    if (sibling && !allowed.includes(sibling))
      broken.push(`${folder} depends on ${name}, which is not below it`);
  }
  // The optional peer of a storage that is an optional dependency: no install would bring it otherwise.
  const isOptionalPeer = (/** @type {string} */ name) =>
    name in optionalDependencies && `@syntha/${ownerOf(name)}` in optionalDependencies;
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
    if (name === "@syntha/core" || (PEERS.includes(name) && !isOptionalPeer(name))) {
      broken.push(`${folder} bundles its own ${name}: make it a peer dependency`);
    }
  }
  if (short === "core") {
    const all = { ...dependencies, ...optionalDependencies, ...peerDependencies };
    for (const name of Object.keys(all)) {
      if (!manifest.peerDependenciesMeta?.[name]?.optional) {
        broken.push(`${folder} depends on ${name}: core has no runtime dependency`);
      }
    }
    for (const name of Object.keys(manifest.devDependencies ?? {})) {
      if (siblingOf(name) && !isAlone(manifests.get(name)))
        broken.push(`${folder} is tested with ${name}: that closes a circle`);
    }
  }
  return broken;
}

/**
 * @param {Member} member
 * @param {string} path
 * @param {string} specifier
 * @param {Map<string, Manifest>} manifests
 * @returns {string | undefined} why it is not allowed
 */
function brokenImport(member, path, specifier, manifests) {
  if (specifier.startsWith(".")) {
    const target = posix.join(posix.dirname(path), specifier);
    if (!target.startsWith(`${member.folder}/`))
      return "a file of another package; import that package by its name";
    if (isSource(member, path) && !isSource(member, target)) return "sources import sources only";
    return isSource(member, path) && isCore(member) ? brokenOrder(path, target) : undefined;
  }
  const name = packageName(specifier);
  const exported = manifests.get(name)?.exports;
  if (exported && !(specifier.replace(name, ".") in exported)) return `${name} does not export it`;

  if (!isPackage(member) || !isSource(member, path)) return undefined;
  const short = posix.basename(member.folder);
  const sibling = siblingOf(name);
  if (sibling && sibling !== short && !layerOf(short)?.includes(sibling))
    return "that package is not below this one";
  const owner = ownerOf(name);
  if (owner && owner !== short) return `only @syntha/${owner} may know that library`;
  if (short === "core" && !path.startsWith(TEST_TIME)) {
    return isBuiltin(specifier)
      ? "core also runs where there is no Node API"
      : "core has no runtime dependency";
  }
  return undefined;
}

/**
 * @param {string} path
 * @param {string} target
 * @returns {string | undefined} why a file of core must not import another
 */
function brokenOrder(path, target) {
  const [from, to] = [coreFolderOf(path), coreFolderOf(target)];
  if (from === to || from === "" || from === "testing") return undefined;
  const [place, below] = [CORE_FOLDERS.indexOf(from), CORE_FOLDERS.indexOf(to)];
  if (place === -1) return `core's ${from}/ has no place: give it one in scripts/layers.mjs`;
  if (below === -1 || below > place) return `core's ${to || "entry"} is not below ${from}`;
  return undefined;
}

/** @param {string} path of a source of core */
const coreFolderOf = (path) => path.split("/").slice(3, -1)[0] ?? "";

/**
 * What loads with core's main entry must not lead to its test-time part.
 *
 * @param {Member} core
 */
function testTimeReached({ files }) {
  const broken = [];
  const reached = new Set(["packages/core/src/index.ts"]);
  for (const path of reached) {
    for (const specifier of importsOf(path, files.get(path) ?? "")) {
      if (!specifier.startsWith(".")) continue;
      const target = posix.join(posix.dirname(path), specifier);
      if (target.startsWith(TEST_TIME)) {
        broken.push(`${path} imports ${specifier}: only tests load that part of core`);
      } else reached.add(target);
    }
  }
  return broken;
}

/** @param {Member} member */
const isCore = ({ folder }) => folder === "packages/core";

/** @param {Member} member */
const isPackage = ({ folder }) => folder.startsWith("packages/");

/** @param {Member} member @param {string} path */
const isSource = ({ folder }, path) => path.startsWith(`${folder}/src/`);

/** @param {string} specifier */
const isBuiltin = (specifier) =>
  specifier.startsWith("node:") || builtinModules.includes(specifier);

/** @param {string} name */
const siblingOf = (name) =>
  name.startsWith("@syntha/") ? name.slice("@syntha/".length) : undefined;

/** @param {string} library @returns {string | undefined} */
const ownerOf = (library) => Object.entries(VENDORS).find(([vendor]) => vendor === library)?.[1];

/** @param {string} short @returns {string[] | undefined} */
const layerOf = (short) => Object.entries(LAYERS).find(([name]) => name === short)?.[1];

/** @param {string} specifier */
const packageName = (specifier) =>
  specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
