import { spellNumber, spellSeconds } from "./progress.ts";
import type { Figures } from "./program.ts";
import type { Result } from "./run.ts";

export type Verdict = "holds" | "holds so far" | "broken";

export function verdictOf({ breaches, done, count }: Result): Verdict {
  if (breaches.length > 0) return "broken";
  return done < count ? "holds so far" : "holds";
}

/** The one line that a program ends with. */
export function spellResult(result: Result): string {
  const { name, storage, seed, seconds, figures } = result;
  const verdict = verdictOf(result);
  const mark = verdict === "broken" ? "✗" : "✓";
  return `${mark} ${name} on ${storage}: ${spellAmount(result)}, seed ${seed}, ${spellSeconds(seconds)}: ${spellFigures(figures)}; ${verdict}`;
}

export function spellAmount({ done, count, unit }: Result): string {
  return done < count
    ? `${spellNumber(done)} of ${spellNumber(count)} ${unit}`
    : `${spellNumber(done)} ${unit}`;
}

export function spellFigures(figures: Figures): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name} ${typeof value === "number" ? spellNumber(value) : value}`)
    .join(", ");
}

/** What was broken and how to see it again. */
export function spellBreaches(result: Result): string {
  const { name, storage, seed, count, breaches } = result;
  const again = `node --conditions=@syntha/source soak/${name}.ts --storage ${storage} --count ${count} --seed ${seed}`;
  return [...breaches.map((breach) => `  ${breach}`), `  Again: ${again}`].join("\n");
}
