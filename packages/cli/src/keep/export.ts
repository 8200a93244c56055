import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { exportTenant } from "@syntha/core";
import type { Cli } from "../cli.ts";
import type { MeshFlags } from "../mesh/mesh-choice.ts";
import { openMesh } from "../mesh/open-mesh.ts";
import { visible } from "../terminal/escape.ts";
import { Progress } from "../terminal/progress.ts";

/** `syntha export`: to a file, or to standard output. */
export async function exportMesh(this: Cli, flags: MeshFlags, file?: string): Promise<void> {
  await using open = await openMesh(this, flags);
  const { storage, tenantId } = open;
  using progress = new Progress(this.err, "exporting");
  const lines = exportTenant({
    storage,
    tenantId,
    signal: this.signal,
    onProgress: ({ done, total }) => progress.update(done, total, "record"),
  });
  if (file === undefined || file === "-") {
    for await (const line of lines) await this.out.stream(line);
    return;
  }
  const path = resolve(this.cwd, file);
  await writeWhole(path, lines);
  progress[Symbol.dispose]();
  if (flags.json) this.out.json({ tenantId, file: path });
  else
    this.out.print(
      `${this.out.paint("green", "✓")} exported ${visible(tenantId)} to ${visible(file)}`,
    );
}

/** A file that has all lines, or does not exist. */
async function writeWhole(path: string, lines: AsyncIterable<string>): Promise<void> {
  const next = `${path}.${process.pid}.tmp`;
  try {
    await pipeline(Readable.from(lines), createWriteStream(next, { flags: "wx", mode: 0o600 }));
    await rename(next, path);
  } catch (error) {
    await rm(next, { force: true });
    throw error;
  }
}
