// Packs the package in the current folder and checks the result.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";

const { name } = JSON.parse(readFileSync("package.json", "utf8"));
const folder = mkdtempSync(join(tmpdir(), "syntha-pack-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

const { filename: tarball, files } = JSON.parse(
  run("pnpm", ["pack", "--json", "--pack-destination", folder]),
);
for (const { path } of files) {
  if (!isPublished(path))
    fail(`${path} does not belong into the package (pnpm build removes leftovers)`);
}

run("publint", [tarball, "--strict"]);
run("attw", [tarball, "--profile", "esm-only", "--no-emoji"]);

// Loaded without the repository's source condition, this is dist.
const main = createRequire(join(process.cwd(), "package.json")).resolve(name);
await import(pathToFileURL(main).href).catch((error) => fail(`it does not load: ${error.message}`));

/** @param {string} path */
function isPublished(path) {
  if (!path.startsWith("dist/")) {
    return (
      path.startsWith("src/") || /^(package\.json|LICENSE|README\.md|CHANGELOG\.md)$/.test(path)
    );
  }
  return existsSync(path.replace(/^dist/, "src").replace(/(\.d)?(\.js|\.ts)(\.map)?$/, ".ts"));
}

/**
 * @param {string} tool
 * @param {string[]} args
 * @returns {string} what it printed
 */
function run(tool, args) {
  const path = [join(import.meta.dirname, "..", "node_modules", ".bin"), process.env["PATH"]];
  const { status, stdout, stderr, error } = spawnSync(tool, args, {
    encoding: "utf8",
    env: { ...process.env, PATH: path.join(delimiter) },
    shell: process.platform === "win32",
  });
  if (status !== 0) fail(`${tool} says:\n${error?.message ?? stdout + stderr}`);
  return stdout;
}

/** @param {string} reason */
function fail(reason) {
  console.error(`${name}: ${reason}`);
  process.exit(1);
}
