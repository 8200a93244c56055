import { isSynthaError } from "@syntha/core";
import { UsageError } from "@syntha/mcp/storage";
import type { Cli } from "../cli.ts";
import type { ReaderFlags } from "../commands/flags.ts";
import { EXIT } from "../exit-code.ts";
import { throwIfInterrupted } from "../interrupt.ts";
import { errorLines } from "../app/error-lines.ts";
import { openMesh, type OpenMesh, viewOf } from "../mesh/open-mesh.ts";
import { emptyText } from "../mesh/other-tenants.ts";
import { everyPage } from "../mesh/pages.ts";
import { visible } from "../terminal/escape.ts";
import { act, actorText } from "./action.ts";

export interface RetryFlags extends ReaderFlags {
  readonly all?: boolean | undefined;
}

/** `syntha retry`: failed tasks can be claimed again. */
export async function retryTasks(
  this: Cli,
  flags: RetryFlags,
  ...keys: readonly string[]
): Promise<void> {
  if ((flags.all ?? false) === keys.length > 0)
    throw new UsageError("Name KEY, or --all for every failed task.");
  await using open = await openMesh(this, flags);
  const chosen = flags.all ? await failedKeys(open, flags.as) : keys;
  if (chosen.length === 0 && !flags.json)
    this.out.print(this.out.paint("dim", await emptyText(open, "No failed tasks.")));
  for (const key of chosen) {
    throwIfInterrupted(this.signal);
    try {
      const { result, ...by } = await act(
        this,
        open.mesh,
        flags.as,
        { action: "retry", key },
        (view) => view.retry(key),
      );
      if (flags.json) this.out.json({ key, ...result, ...by });
      else
        this.out.print(
          `${this.out.paint("green", "✓")} ${visible(key)} is open again, as ${actorText(by)}`,
        );
    } catch (error) {
      if (!isSynthaError(error) || chosen.length === 1) throw error;
      // The others are retried still.
      this.err.print(errorLines(error, this));
      this.exitCode = EXIT.failed;
    }
  }
}

async function failedKeys(open: OpenMesh, as: string | undefined): Promise<readonly string[]> {
  const view = viewOf(open.mesh, as);
  const keys: string[] = [];
  for await (const { items } of everyPage(open, (at) =>
    view.list({ state: "failed", values: false, limit: 1_000, ...at }),
  ))
    keys.push(...items.map(({ key }) => key));
  return keys;
}
