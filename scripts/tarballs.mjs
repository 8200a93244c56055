// Builds the packages and packs each as it would be published, for projects outside of this repository:
//   pnpm tarballs ../team/syntha
import { spawnSync } from "node:child_process";
import { globSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

const root = join(import.meta.dirname, "..");
const folder = resolve(process.argv[2] ?? "tarballs");
mkdirSync(folder, { recursive: true });
run("pnpm", ["--silent", "run", "build"]);
run("pnpm", [
  "-r",
  "--silent",
  "--filter",
  "./packages/*",
  "pack",
  "--out",
  join(folder, "%s.tgz"),
]);
const packed = globSync("syntha-*.tgz", { cwd: folder });
console.log(`${packed.length} packages in ${folder}: npm install takes them by their paths.`);

/**
 * @param {string} command
 * @param {string[]} args
 */
function run(command, args) {
  // On Windows pnpm is a .cmd file, which only a shell starts. What pnpm prints is a list of all files.
  const { status, error, stderr } = spawnSync(command, args, {
    cwd: root,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (status === 0) return;
  console.error(`${command} ${args.join(" ")} failed: ${error?.message ?? stderr}`);
  process.exit(1);
}
