import { globSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { command } from "./command.ts";
import { root } from "./root.ts";

/** Packs every package for publication. @returns tarballs by folder name */
export async function packAll(into: string): Promise<ReadonlyMap<string, string>> {
  const cwd = fileURLToPath(root);
  await command("pnpm", ["--silent", "run", "tarballs", into], { cwd });
  const packages = globSync("packages/*/package.json", { cwd }).toSorted();
  const names = packages.map((manifest) => manifest.split(/[\\/]/)[1] ?? "");
  return new Map(names.map((name) => [name, join(into, `syntha-${name}.tgz`)]));
}
