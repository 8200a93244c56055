import { Miniflare, type MiniflareOptions } from "miniflare";
import { bundle } from "./bundle.ts";

/** A Worker of this folder in the Workers runtime, on this machine. */
export async function startWorker(
  entry: string,
  className: string,
  options: Partial<MiniflareOptions> = {},
): Promise<Miniflare> {
  const miniflare = new Miniflare({
    modules: await bundle(entry),
    compatibilityDate: "2026-07-01",
    durableObjects: { TENANTS: { className, useSQLite: true } },
    ...options,
  } as MiniflareOptions);
  await miniflare.ready;
  return miniflare;
}
