import { createReadStream } from "node:fs";
import { access } from "node:fs/promises";
import { resolve } from "node:path";
import { importTenant, SynthaError } from "@syntha/core";
import type { Cli } from "../cli.ts";
import { noteInterruption } from "../interrupt.ts";
import { chooseMesh, type MeshFlags } from "../mesh/mesh-choice.ts";
import { newFile } from "../mesh/new-file.ts";
import { openChosenStorage } from "../mesh/open-storage.ts";
import { untilEnd } from "../mesh/read-text.ts";
import { count } from "../terminal/age.ts";
import { visible } from "../terminal/escape.ts";
import { Progress } from "../terminal/progress.ts";

/** `syntha import`: from a file, or from standard input. */
export async function importMesh(this: Cli, flags: MeshFlags, file: string): Promise<void> {
  const { url, tenantId, isTenantNamed } = await chooseMesh(this, flags);
  if (file !== "-") await requireFile(resolve(this.cwd, file));
  const storage = await openChosenStorage(this, url, { create: true });
  await using _ = await newFile(this, url);
  const input = file === "-" ? this.stdin : createReadStream(resolve(this.cwd, file));
  using progress = new Progress(this.err, "importing");
  const importing = importTenant({
    storage,
    lines: untilEnd(input, this.signal),
    // Without a name, the tenant keeps the one that it was exported under.
    ...(isTenantNamed && { tenantId }),
    signal: this.signal,
    onProgress: ({ records }) => progress.update(records, undefined, "record"),
  });
  const note = "Interrupted. Nothing was imported.";
  const imported = await noteInterruption(this.signal, note, importing);
  progress[Symbol.dispose]();
  if (flags.json) return this.out.json(imported);
  this.out.print(
    `${this.out.paint("green", "✓")} imported ${visible(imported.tenantId)}: ${count(imported.items, "item")}, ${count(imported.events, "event")}, ${count(imported.logEntries, "log entry", "log entries")}`,
  );
}

/** Before the storage is opened, which creates its file. */
async function requireFile(path: string): Promise<void> {
  try {
    await access(path);
  } catch (cause) {
    throw new SynthaError("NOT_FOUND", `There is no file ${path}`, {
      hint: "syntha export FILE writes one.",
      cause,
    });
  }
}
