import { copyTenant, SynthaError } from "@syntha/core";
import { UsageError } from "@syntha/mcp/storage";
import type { Cli } from "../cli.ts";
import { noteInterruption } from "../interrupt.ts";
import { chooseMesh, type MeshFlags } from "../mesh/mesh-choice.ts";
import { newFile } from "../mesh/new-file.ts";
import { openMesh } from "../mesh/open-mesh.ts";
import { openChosenStorage } from "../mesh/open-storage.ts";
import { withoutPassword } from "../mesh/saved-contexts.ts";
import { count } from "../terminal/age.ts";
import { visible } from "../terminal/escape.ts";
import { Progress } from "../terminal/progress.ts";
import { sectionNoun } from "./section-noun.ts";

export interface CopyFlags extends MeshFlags {
  readonly to?: string | undefined;
  readonly toContext?: string | undefined;
  readonly toTenant?: string | undefined;
}

/** `syntha copy` */
export async function copyMesh(this: Cli, flags: CopyFlags): Promise<void> {
  if (flags.to === undefined && flags.toContext === undefined && flags.toTenant === undefined)
    throw new UsageError(
      "Name the target: --to sqlite:copy.db, --to-context NAME or --to-tenant ID",
    );
  await using from = await openMesh(this, flags);
  const to =
    flags.to === undefined && flags.toContext === undefined
      ? from
      : await chooseMesh(this, { storage: flags.to, context: flags.toContext });
  const { tenantId } = from;
  const targetTenantId = flags.toTenant ?? tenantId;
  const { storage: source } = from;
  // Before the target is opened, which creates its file.
  if ((await from.mesh.stats()).revision === 0) throw noTenant(tenantId);
  await using _ = await newFile(this, to.url, targetTenantId);
  // One storage can't be opened twice as two.
  const target =
    to.url === from.url ? source : await openChosenStorage(this, to.url, { create: true });
  using progress = new Progress(this.err, "copying");
  const copying = copyTenant({
    from: source,
    to: target,
    tenantId,
    targetTenantId,
    signal: this.signal,
    onProgress: ({ section, done, total }) => progress.update(done, total, sectionNoun(section)),
  });
  const note = "Interrupted. The same command continues the copy.";
  const copy = await noteInterruption(this.signal, note, copying);
  progress[Symbol.dispose]();
  if (flags.json) return this.out.json({ tenantId: targetTenantId, ...copy });
  this.out.print(
    `${this.out.paint("green", "✓")} copied ${visible(tenantId)} to ${visible(targetTenantId)} in ${visible(withoutPassword(to.url))}: ${count(copy.items, "item")}, ${count(copy.events, "event")}, ${count(copy.logEntries, "log entry", "log entries")}`,
    `  It equals the source at position #${copy.head}${copy.verified ? ", compared record by record" : ""}.`,
  );
}

function noTenant(tenantId: string): SynthaError {
  return new SynthaError("NOT_FOUND", `The storage has no tenant "${tenantId}".`, {
    hint: "syntha doctor names the tenants of a storage.",
  });
}
