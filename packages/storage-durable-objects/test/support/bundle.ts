import { fileURLToPath } from "node:url";
import { build } from "vite";

/** A module of a Worker, as Miniflare takes it; the entry comes first. */
interface WorkerModule {
  readonly type: "ESModule";
  readonly path: string;
  readonly contents: string;
}

/** Bundles a Worker and all that it imports, from the sources of this repository. */
export async function bundle(entry: string): Promise<WorkerModule[]> {
  const output = await build({
    configFile: false,
    logLevel: "silent",
    resolve: { conditions: ["@syntha/source", "workerd", "worker", "module", "import"] },
    build: {
      write: false,
      minify: false,
      target: "es2024",
      rolldownOptions: { external: [/^cloudflare:/, /^node:/] },
      lib: {
        entry: fileURLToPath(new URL(entry, import.meta.url)),
        formats: ["es"],
        fileName: "bundle",
      },
    },
  });
  const files = [output].flat().flatMap((each) => ("output" in each ? each.output : []));
  const chunks = files.flatMap((file) => (file.type === "chunk" ? [file] : []));
  return chunks
    .toSorted((a, b) => Number(b.isEntry) - Number(a.isEntry))
    .map(({ fileName, code }) => ({ type: "ESModule", path: fileName, contents: code }));
}
