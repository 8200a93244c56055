// Packs the packages and checks the results.
import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "syntha-pack-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

/** How a program without ES modules, or before exports, would find the types. */
const IGNORED = ["node10", "node16-cjs"];

const { status, stdout, stderr, error } = spawnSync(
  "pnpm",
  ["-r", "--filter", "./packages/*", "pack", "--out", join(folder, "%s.tgz")],
  { cwd: root, encoding: "utf8", shell: process.platform === "win32" },
);
if (status !== 0) fail("pnpm pack", error?.message ?? stdout + stderr);

for (const manifest of globSync("packages/*/package.json", { cwd: root }).toSorted())
  await check(join(root, dirname(manifest)));

/** @param {string} directory */
async function check(directory) {
  const manifest = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
  /** @type {string} */
  const name = manifest.name;
  const file = join(folder, `${name.replace("@", "").replace("/", "-")}.tgz`);
  const tarball = new Uint8Array(readFileSync(file));

  const packed = createPackageFromTarballData(tarball);
  for (const path of packed.listFiles().map((each) => each.split(`/${name}/`)[1] ?? each)) {
    if (!isPublished(path, directory, manifest.files))
      fail(name, `${path} does not belong into the package (pnpm build removes leftovers)`);
  }

  const types = await checkPackage(packed);
  if (!types.types) fail(name, "it has no types");
  for (const problem of types.problems) {
    if (!("resolutionKind" in problem) || !IGNORED.includes(problem.resolutionKind))
      fail(name, `attw says: ${JSON.stringify(problem)}`);
  }

  const { messages, pkg } = await publint({ pack: { tarball: tarball.buffer }, level: "warning" });
  for (const message of messages) fail(name, `publint says: ${formatMessage(message, pkg)}`);

  // Loaded without the repository's source condition, this is dist.
  const main = createRequire(join(directory, "package.json")).resolve(name);
  const exported = await import(pathToFileURL(main).href).catch((error) =>
    fail(name, `it does not load: ${error.message}`),
  );
  for (const [key, value] of Object.entries(exported ?? {}))
    if (typeof value === "function" && value.name === `_${key}`)
      fail(name, `the bundler has renamed the class ${key}, as it names itself`);
}

/**
 * @param {string} path
 * @param {string} directory
 * @param {string[]} folders
 */
function isPublished(path, directory, folders) {
  if (!path.startsWith("dist/")) {
    return (
      folders.some((folder) => path.startsWith(`${folder}/`)) ||
      /^(package\.json|LICENSE|README\.md|CHANGELOG\.md)$/.test(path)
    );
  }
  // Studio's page, built from its own sources.
  if (path === "dist/app.html") return existsSync(join(directory, "src/app/index.html"));
  // What entries share: the bundler removes earlier ones.
  if (/^dist\/chunk-[A-Z\d]+\.js(\.map)?$/.test(path)) return true;
  const source = path.replace(/^dist/, "src").replace(/(\.d)?(\.js|\.ts)(\.map)?$/, ".ts");
  return existsSync(join(directory, source));
}

/**
 * @param {string} name
 * @param {string} reason
 * @returns {never}
 */
function fail(name, reason) {
  console.error(`${name}: ${reason}`);
  process.exit(1);
}
