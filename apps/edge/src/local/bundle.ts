import { fileURLToPath } from "node:url";
import { build } from "vite";

const ENTRY = new URL("../worker/index.ts", import.meta.url);

/** A module of a Worker, as Miniflare takes it. */
export interface WorkerModule {
  readonly type: "ESModule";
  readonly path: string;
  readonly contents: string;
}

let bundled: Promise<WorkerModule[]> | undefined;

/**
 * The Worker and all that it imports, from the sources of this repository, as `wrangler` would bundle it. A process bundles it
 * once.
 */
export function bundleWorker(): Promise<WorkerModule[]> {
  return (bundled ??= bundle());
}

async function bundle(): Promise<WorkerModule[]> {
  const output = await build({
    configFile: false,
    logLevel: "silent",
    resolve: { conditions: ["@syntha/source", "workerd", "worker", "browser", "module", "import"] },
    build: {
      write: false,
      minify: false,
      target: "es2024",
      rolldownOptions: { external: [/^cloudflare:/], output: { codeSplitting: false } },
      lib: { entry: fileURLToPath(ENTRY), formats: ["es"], fileName: "worker" },
    },
  });
  const files = [output].flat().flatMap((each) => ("output" in each ? each.output : []));
  const [worker] = files.filter((file) => file.type === "chunk");
  if (worker === undefined) throw new Error("The bundle is empty.");
  return [{ type: "ESModule", path: worker.fileName, contents: worker.code }];
}
