import { fileURLToPath } from "node:url";
import { build } from "vite";

const ENTRY = new URL("../worker/index.ts", import.meta.url);

/** The Worker and all that it imports, from the sources of this repository, as `wrangler` would bundle it. */
export async function bundleWorker(): Promise<string> {
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
  return worker.code;
}
