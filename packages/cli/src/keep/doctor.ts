import { isSynthaError } from "@syntha/core";
import type { Cli } from "../cli.ts";
import { partsOf } from "../app/error-lines.ts";
import { EXIT, exitCodeOf } from "../exit-code.ts";
import { chooseMesh, type MeshFlags } from "../mesh/mesh-choice.ts";
import { openMesh } from "../mesh/open-mesh.ts";
import { withoutPassword } from "../mesh/saved-contexts.ts";
import { visible } from "../terminal/escape.ts";
import { wrap } from "../terminal/width.ts";
import type { Paint } from "../terminal/paint.ts";
import type { Check } from "./check.ts";
import { meshChecks } from "./mesh-checks.ts";
import { storageChecks, versionCheck } from "./storage-checks.ts";

export interface DoctorFlags extends MeshFlags {
  readonly strict?: boolean | undefined;
}

/** `syntha doctor` */
export async function checkHealth(this: Cli, flags: DoctorFlags): Promise<void> {
  const { url, tenantId } = await chooseMesh(this, flags);
  const { paint, width } = this.out;
  if (!flags.json)
    this.out.print(paint("bold", `${visible(tenantId)} in ${visible(withoutPassword(url))}`));
  const counts = { ok: 0, warning: 0, problem: 0 };
  for await (const check of allChecks(this, flags)) {
    counts[check.status]++;
    if (flags.json) this.out.json(check);
    else this.out.print(checkLines(check, { paint, width }));
  }
  if (counts.problem > 0 || (flags.strict && counts.warning > 0)) this.exitCode = EXIT.problems;
  if (!flags.json) this.out.print("", paint("dim", summaryOf(counts)));
}

/** A storage that can't be opened or read is a problem like others. @throws UsageError */
async function* allChecks(cli: Cli, flags: DoctorFlags): AsyncGenerator<Check, void> {
  yield versionCheck();
  try {
    await using open = await openMesh(cli, flags);
    yield* storageChecks(open);
    yield* meshChecks(open, Date.now());
  } catch (error) {
    if (!isSynthaError(error) || exitCodeOf(error) === EXIT.usage) throw error;
    const { message, hint } = partsOf(error);
    const advice = hint === undefined ? [] : [hint];
    yield { name: "storage", status: "problem", title: message, advice };
  }
}

const MARKS = { ok: ["✓", "green"], warning: ["!", "yellow"], problem: ["✗", "red"] } as const;

/** A check, and what to do next. */
export function checkLines(
  { status, title, advice = [] }: Check,
  { paint, width }: { readonly paint: Paint; readonly width: number },
): readonly string[] {
  const [mark, style] = MARKS[status];
  const indented = (text: string, first: string): readonly string[] =>
    wrap(visible(text), width - 4).map((line, i) => (i === 0 ? first : "    ") + line);
  return [
    ...indented(title, `  ${paint(style, mark)} `),
    ...advice.flatMap((line) => indented(line, "    ").map((each) => paint("dim", each))),
  ];
}

function summaryOf({
  warning,
  problem,
}: {
  readonly warning: number;
  readonly problem: number;
}): string {
  if (problem === 0 && warning === 0) return "No problems.";
  const parts = [
    problem === 0 ? "" : `${problem} ${problem === 1 ? "problem" : "problems"}`,
    warning === 0 ? "" : `${warning} ${warning === 1 ? "warning" : "warnings"}`,
  ].filter((part) => part !== "");
  return `${parts.join(", ")}.`;
}
