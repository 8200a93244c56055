import type { Readable } from "node:stream";
import { Miniflare, type MiniflareOptions } from "miniflare";
import { bundleWorker } from "./bundle.ts";

/** Miniflare's proxy of a namespace keeps no results, and does not dispose of them either. */
const OF_THE_PROXY = "An RPC stub was not disposed properly";

/** Prints what the runtime prints, apart from the warning about Miniflare itself. */
function handleRuntimeStdio(stdout: Readable, stderr: Readable): void {
  stdout.pipe(process.stdout, { end: false });
  stderr.on("data", (data: Buffer) => {
    const text = data.toString();
    if (!text.includes(OF_THE_PROXY)) process.stderr.write(text);
  });
}

/** A Worker of this folder in the Workers runtime, on this machine. */
export async function startWorker(
  entry: string,
  className: string,
  options: Partial<MiniflareOptions> = {},
): Promise<Miniflare> {
  const miniflare = new Miniflare({
    modules: await bundleWorker(entry),
    compatibilityDate: "2026-07-01",
    handleRuntimeStdio,
    durableObjects: { TENANTS: { className, useSQLite: true } },
    ...options,
  } as MiniflareOptions);
  await miniflare.ready;
  return miniflare;
}
