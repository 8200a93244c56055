// Packs the MCP server and its libraries into one file that desktop apps install, an MCP bundle:
//   pnpm bundle:mcp syntha.mcpb
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { packExtension } from "@anthropic-ai/mcpb";
import { build } from "esbuild";
import { manifestOf } from "./bundle-manifest.mjs";

const root = join(import.meta.dirname, "..");
const source = join(root, "packages/mcp");
const output = resolve(process.argv[2] ?? "syntha.mcpb");
const folder = mkdtempSync(join(tmpdir(), "syntha-bundle-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

const server = join(folder, "server");
const { metafile } = await build({
  entryPoints: [join(source, "src/main.ts")],
  outfile: join(server, "main.mjs"),
  conditions: ["@syntha/source"],
  bundle: true,
  minify: true,
  metafile: true,
  format: "esm",
  platform: "node",
  target: "node22",
  // The first loads an addon, which stays a separate file; pg can do without the second.
  external: ["better-sqlite3", "pg-native"],
  // For CommonJS libraries that load modules of Node.
  banner: {
    js: 'import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);',
  },
  logLevel: "warning",
});
const addon = copyAddon();
const packages = new Set(Object.keys(metafile.inputs).map(packageFolderOf));
writeFileSync(join(folder, "LICENSES.txt"), licensesOf([...packages, addon]));
cpSync(join(root, "LICENSE"), join(folder, "LICENSE"));
const manifest = JSON.parse(readFileSync(join(source, "package.json"), "utf8"));
writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifestOf(manifest), null, 2));
if (!(await packExtension({ extensionPath: folder, outputPath: output, silent: true }))) {
  console.error("The bundle's manifest is not valid.");
  process.exit(1);
}
console.log(`Packed ${output}.`);

/**
 * Copies SQLite's addon without its sources, for all platforms of desktop apps.
 *
 * @returns its folder
 */
function copyAddon() {
  const storage = createRequire(join(root, "packages/storage-sqlite/package.json"));
  const from = dirname(storage.resolve("better-sqlite3/package.json"));
  const to = join(server, "node_modules/better-sqlite3");
  mkdirSync(join(to, "prebuilds"), { recursive: true });
  for (const file of ["package.json", "LICENSE", "lib"])
    cpSync(join(from, file), join(to, file), { recursive: true });
  for (const file of globSync("{darwin,linux,win32}-*.node", { cwd: join(from, "prebuilds") }))
    cpSync(join(from, "prebuilds", file), join(to, "prebuilds", file));
  return from;
}

/** @param {string} input a source of the bundle, from the working directory */
function packageFolderOf(input) {
  let at = dirname(realpathSync(input));
  while (!existsSync(join(at, "package.json")) || !("name" in manifestIn(at))) at = dirname(at);
  return at;
}

/** @param {string} at */
function manifestIn(at) {
  return JSON.parse(readFileSync(join(at, "package.json"), "utf8"));
}

/**
 * The licenses of the libraries in the bundle.
 *
 * @param {string[]} folders
 */
function licensesOf(folders) {
  return folders
    .filter((at) => !at.startsWith(join(root, "packages")))
    .map((at) => {
      const { name, version, license } = manifestIn(at);
      const file = readdirSync(at).find((name) => /^licen[sc]e/i.test(name));
      const text = file === undefined ? "" : `\n${readFileSync(join(at, file), "utf8")}`;
      return `${name} ${version} (${license})\n${text}`;
    })
    .toSorted()
    .join(`\n${"-".repeat(80)}\n\n`);
}
