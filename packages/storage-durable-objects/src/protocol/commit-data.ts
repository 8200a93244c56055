import { type Commit, type Outcome, Quotas, type QuotaOptions } from "@syntha/core/storage";
import { toErrorData, toSynthaError } from "./error-data.ts";
import type { CommitData, OutcomeData } from "./methods.ts";

export function toCommitData({ quotas, ...commit }: Commit): CommitData {
  return quotas === undefined ? commit : { ...commit, quotas: quotas.options };
}

/** Commits of one batch mostly share their quotas; so do those that are returned. */
export function toCommits(commits: readonly CommitData[]): readonly Commit[] {
  const known = new Map<QuotaOptions, Quotas>();
  return commits.map(({ quotas: options, ...commit }) => {
    if (options === undefined) return commit;
    let quotas = known.get(options);
    if (quotas === undefined) known.set(options, (quotas = new Quotas(options)));
    return { ...commit, quotas };
  });
}

export function toOutcomeData(outcome: Outcome): OutcomeData {
  return outcome.ok ? outcome : { ok: false, error: toErrorData(outcome.error) };
}

export function toOutcome(outcome: OutcomeData): Outcome {
  return outcome.ok ? outcome : { ok: false, error: toSynthaError(outcome.error) };
}
