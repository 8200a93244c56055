import { TenantRegistry } from "@syntha/core";
import { serveStudio } from "@syntha/studio/node";
import { errorLines } from "../app/error-lines.ts";
import type { Cli } from "../cli.ts";
import { chooseMesh, type MeshFlags } from "../mesh/mesh-choice.ts";
import { openChosenStorage } from "../mesh/open-storage.ts";
import { personName } from "../mesh/person.ts";
import { withoutPassword } from "../mesh/saved-contexts.ts";
import { visible } from "../terminal/escape.ts";
import { openBrowser } from "./browser.ts";

export interface StudioFlags extends MeshFlags {
  readonly port?: number | undefined;
  readonly host?: string | undefined;
  readonly write?: boolean | undefined;
  readonly noOpen?: boolean | undefined;
}

/** `syntha studio`: serves Studio until it is interrupted. */
export async function openStudio(this: Cli, flags: StudioFlags, storage?: string): Promise<void> {
  const named = storage === undefined ? flags : { ...flags, storage };
  const { url: meshUrl, tenantId, isTenantNamed } = await chooseMesh(this, named);
  // The retention of a mesh is that of the programs which use it.
  await using tenants = new TenantRegistry({
    storage: await openChosenStorage(this, meshUrl),
    sweepEvery: false,
    compactEvery: false,
  });
  // Opens the storage, so that what is wrong with it is said now rather than in the browser.
  await tenants.stats(tenantId);
  const { port, host, write } = flags;
  await using studio = await serveStudio({
    ...(isTenantNamed ? { mesh: tenants.mesh(tenantId) } : { tenants }),
    port,
    host,
    write,
    person: personName(this),
    onError: (error) => this.err.print(errorLines(error, this)),
  });
  if (flags.json) this.out.json({ url: studio.url });
  else
    this.out.print(
      `Studio shows ${visible(withoutPassword(meshUrl))}${write ? `, and lets you write as ${visible(personName(this))}` : ", read-only"}.`,
      `  ${this.out.paint("cyan", studio.url)}`,
      this.out.paint(
        "dim",
        write ? "Press Ctrl-C to stop." : "Press Ctrl-C to stop. --write allows changes.",
      ),
    );
  if (this.out.isTTY && !flags.noOpen) openBrowser(await studio.ticketUrl());
  await aborted(this.signal);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
