import { bundle } from "@syntha/testing-bundle";

/** A module of a Worker, as Miniflare takes it. */
interface WorkerModule {
  readonly type: "ESModule";
  readonly path: string;
  readonly contents: string;
}

/** A Worker of this folder as modules; the entry comes first. */
export async function bundleWorker(entry: string): Promise<WorkerModule[]> {
  const chunks = await bundle(new URL(entry, import.meta.url), {
    runtime: "worker",
    external: [/^cloudflare:/, /^node:/],
  });
  return chunks.map(({ fileName, code }) => ({
    type: "ESModule",
    path: fileName,
    contents: code,
  }));
}
