// Packs the package in the current folder as a user would get it, and looks at that.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const { name } = JSON.parse(readFileSync("package.json", "utf8"));
const folder = mkdtempSync(join(tmpdir(), "syntha-pack-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

const bin = join(import.meta.dirname, "..", "node_modules", ".bin");
const windows = process.platform === "win32";

const packed = JSON.parse(
  execFileSync("pnpm", ["pack", "--json", "--pack-destination", folder], {
    encoding: "utf8",
    shell: windows,
  }),
);
const tarball = packed.filename;

const outOfPlace = packed.files
  .map((/** @type {{ path: string }} */ file) => file.path)
  .filter((/** @type {string} */ path) => !isPublished(path));
if (outOfPlace.length > 0)
  fail(`these files do not belong into the package: ${outOfPlace.join(", ")}`);

check("publint", [tarball, "--strict"]);
check("attw", [tarball, "--profile", "esm-only", "--no-emoji"]);

// Outside this repository there is no source condition: what loads here is dist.
execFileSync(
  process.execPath,
  ["--input-type=module", "--eval", `await import(${JSON.stringify(name)})`],
  {
    stdio: "inherit",
  },
);

/** @param {string} path */
function isPublished(path) {
  if (path.startsWith("dist/")) {
    const source = path.replace(/^dist/, "src").replace(/(\.d)?(\.js|\.ts)(\.map)?$/, ".ts");
    return existsSync(source);
  }
  return path.startsWith("src/") || /^(package\.json|LICENSE|README\.md|CHANGELOG\.md)$/.test(path);
}

/** @param {string} tool @param {string[]} args */
function check(tool, args) {
  const { status, stdout, stderr } = spawnSync(join(bin, tool), args, {
    encoding: "utf8",
    shell: windows,
  });
  if (status !== 0) fail(`${tool} says:\n${stdout}${stderr}`);
}

/** @param {string} reason @returns {never} */
function fail(reason) {
  console.error(`${name}: ${reason}`);
  process.exit(1);
}
