import { type TenantVerification, type VerificationDifference, verifyTenant } from "@syntha/core";
import type { Cli } from "../cli.ts";
import { EXIT } from "../exit-code.ts";
import { chooseMesh, type MeshFlags } from "../mesh/mesh-choice.ts";
import { openChosenStorage } from "../mesh/open-storage.ts";
import { count } from "../terminal/age.ts";
import { visible } from "../terminal/escape.ts";
import type { Paint } from "../terminal/paint.ts";
import { Progress } from "../terminal/progress.ts";
import { sectionNoun } from "./section-noun.ts";

/** `syntha verify` */
export async function verifyMesh(this: Cli, flags: MeshFlags): Promise<void> {
  const { url, tenantId } = await chooseMesh(this, flags);
  const storage = await openChosenStorage(this, url);
  using progress = new Progress(this.err, "verifying");
  const verification = await verifyTenant({
    storage,
    tenantId,
    signal: this.signal,
    onProgress: ({ section, done, total }) => progress.update(done, total, sectionNoun(section)),
  });
  progress[Symbol.dispose]();
  if (!verification.equal) this.exitCode = EXIT.problems;
  if (flags.json) this.out.json({ tenantId, ...verification });
  else this.out.print(verificationLines(verification, this.out.paint));
}

/** What was compared, and what differs. */
export function verificationLines(
  verification: TenantVerification,
  paint: Paint,
): readonly string[] {
  const { entries, items, events, agents, head, floor } = verification;
  const compared = [
    count(items, "item"),
    count(events, "event"),
    count(agents, "agent"),
    count(entries, "log entry", "log entries"),
  ].join(", ");
  const range = `The log from #${floor + 1} to #${head}`;
  if (verification.equal)
    return [`${paint("green", "✓")} ${range} agrees with what is stored: ${compared}.`];
  const { differences } = verification;
  return [
    `${paint("red", "✗")} ${range} differs from what is stored: ${compared}.`,
    ...differences.map((difference) => `  ${paint("red", "·")} ${differenceText(difference)}`),
    "",
    paint(
      "dim",
      "Restore a backup, or correct what differs: syntha history KEY shows what the log has.",
    ),
  ];
}

function differenceText({ record, field, only }: VerificationDifference): string {
  if (only === "log") return `${visible(record)} is in the log, and is not stored`;
  if (only === "state") return `${visible(record)} is stored, and is not in the log`;
  return field === undefined ? visible(record) : `${visible(record)} differs in ${visible(field)}`;
}
