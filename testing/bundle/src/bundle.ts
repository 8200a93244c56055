import { fileURLToPath } from "node:url";
import { build, type Rolldown } from "vite";

/** How a runtime chooses among the files of a package. */
const CONDITIONS = {
  page: ["browser"],
  worker: ["workerd", "worker"],
  /** Of edge runtimes, which have what pages have. */
  edge: ["workerd", "worker", "browser"],
} as const;

export interface BundleOptions {
  readonly runtime: keyof typeof CONDITIONS;
  /** Modules that stay outside. */
  readonly external?: readonly RegExp[] | undefined;
  /** Makes one script instead, which defines this global. */
  readonly global?: string | undefined;
}

/** Bundles a module and all that it imports, from the sources of this repository. The chunk of the module comes first. */
export async function bundle(
  entry: URL,
  { runtime, external, global }: BundleOptions,
): Promise<readonly Rolldown.OutputChunk[]> {
  const output = await build({
    configFile: false,
    logLevel: "silent",
    resolve: { conditions: ["@syntha/source", ...CONDITIONS[runtime], "module", "import"] },
    build: {
      write: false,
      minify: false,
      target: "es2024",
      rolldownOptions: { ...(external && { external: [...external] }) },
      lib: {
        entry: fileURLToPath(entry),
        formats: [global === undefined ? "es" : "iife"],
        ...(global !== undefined && { name: global }),
        fileName: "bundle",
      },
    },
  });
  const files = [output].flat().flatMap((each) => ("output" in each ? each.output : []));
  const chunks = files.filter((file) => file.type === "chunk");
  return chunks.toSorted((a, b) => Number(b.isEntry) - Number(a.isEntry));
}
