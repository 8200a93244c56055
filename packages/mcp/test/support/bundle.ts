import { fileURLToPath } from "node:url";
import { build, type Rolldown } from "vite";

/** Bundles a module and all that it imports, from the sources of this repository. */
export async function bundle(
  entry: URL,
  conditions: readonly string[] = ["browser"],
): Promise<readonly Rolldown.OutputChunk[]> {
  const output = await build({
    configFile: false,
    logLevel: "silent",
    resolve: { conditions: ["@syntha/source", ...conditions, "module", "import"] },
    build: {
      write: false,
      minify: false,
      target: "es2024",
      lib: { entry: fileURLToPath(entry), formats: ["es"], fileName: "bundle" },
    },
  });
  const files = [output].flat().flatMap((each) => ("output" in each ? each.output : []));
  return files.filter((file) => file.type === "chunk");
}

/** How Cloudflare Workers and edge runtimes choose among the files of a package. */
export const WORKER = ["workerd", "worker", "browser"];
