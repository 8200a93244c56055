import { formatNumber, formatSeconds } from "./progress.ts";
import type { Figures, Result } from "./run.ts";

export type Verdict = "holds" | "holds so far" | "broken";

export function verdictOf({ breaches, done, count }: Result): Verdict {
  if (breaches.length > 0) return "broken";
  return done < count ? "holds so far" : "holds";
}

/** The summary line of a run. */
export function formatResult(result: Result): string {
  const { name, storage, seed, seconds, figures } = result;
  const verdict = verdictOf(result);
  const mark = verdict === "broken" ? "✗" : "✓";
  return `${mark} ${name} on ${storage}: ${formatAmount(result)}, seed ${seed}, ${formatSeconds(seconds)}: ${formatFigures(figures)}; ${verdict}`;
}

export function formatAmount({ done, count, unit }: Result): string {
  return done < count
    ? `${formatNumber(done)} of ${formatNumber(count)} ${unit}`
    : `${formatNumber(done)} ${unit}`;
}

export function formatFigures(figures: Figures): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name} ${typeof value === "number" ? formatNumber(value) : value}`)
    .join(", ");
}

/** How the guarantee was broken, and the command that repeats the run. */
export function formatBreaches(result: Result): string {
  const { name, storage, seed, count, breaches } = result;
  const command = `pnpm soak ${name} --storage ${storage} --count ${count} --seed ${seed}`;
  return [...breaches.map((breach) => `  ${breach}`), `  Repeat with: ${command}`].join("\n");
}
