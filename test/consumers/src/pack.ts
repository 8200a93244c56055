import { globSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { command } from "./command.ts";
import { root } from "./root.ts";

/** Packs every package as it would be published. @returns tarballs by the package's folder name */
export async function packAll(into: string): Promise<ReadonlyMap<string, string>> {
  const cwd = fileURLToPath(root);
  const tarballs = new Map<string, string>();
  for (const manifest of globSync("packages/*/package.json", { cwd }).toSorted()) {
    const folder = join(cwd, dirname(manifest));
    const printed = await command("pnpm", ["pack", "--json", "--pack-destination", into], {
      cwd: folder,
    });
    const { filename } = JSON.parse(printed) as { filename: string };
    tarballs.set(basename(folder), filename);
  }
  return tarballs;
}
