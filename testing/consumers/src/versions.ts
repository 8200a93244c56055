import { readFileSync } from "node:fs";
import { root } from "./root.ts";

/** The version of a library in this repository. */
export type Versions = (library: string) => string;

/** Reads versions from the workspace's catalog. @throws Error for a library that is not in it */
export function catalogVersions(): Versions {
  const catalog = readFileSync(new URL("pnpm-workspace.yaml", root), "utf8");
  return (library) => {
    const line = catalog.split("\n").find((each) => {
      const name = each.trim();
      return name.startsWith(`${library}:`) || name.startsWith(`"${library}":`);
    });
    const version = line?.split(": ").at(-1)?.trim();
    if (version === undefined) throw new Error(`${library} is not in the catalog.`);
    return version;
  };
}
