import { describe } from "vitest";
import type { StorageContract } from "./contract.ts";
import { registerComparison } from "./differential/cases.ts";
import { registerPast } from "./differential/past-cases.ts";
import { registerRule } from "./harness/rule.ts";
import { registerModelCases, registerRaces } from "./model/cases.ts";
import { busyPrograms } from "./rules/busy-programs.ts";
import { edits } from "./rules/edits.ts";
import { largeTenants } from "./rules/large-tenants.ts";
import { limits } from "./rules/limits.ts";
import { visibility } from "./rules/r01-visibility.ts";
import { combinedRouting } from "./rules/r02-routing.ts";
import { noAccidentalAudience } from "./rules/r03-audience.ts";
import { writing } from "./rules/r04-writing.ts";
import { permissions } from "./rules/r05-permissions.ts";
import { subscriptions } from "./rules/r06-subscriptions.ts";
import { topicDeletion } from "./rules/r07-topic-deletion.ts";
import { timeToLive } from "./rules/r08-time-to-live.ts";
import { values } from "./rules/r09-values.ts";
import { compareAndSet } from "./rules/r10-compare-and-set.ts";
import { batches } from "./rules/r11-batches.ts";
import { past } from "./rules/r12-past.ts";
import { verifying } from "./rules/r12-verifying.ts";
import { changes } from "./rules/r12-changes.ts";
import { cursors } from "./rules/r12-cursors.ts";
import { events } from "./rules/r12-events.ts";
import { logListing } from "./rules/r12-log-listing.ts";
import { log } from "./rules/r12-log.ts";
import { outages } from "./rules/r12-outages.ts";
import { retention } from "./rules/r12-retention.ts";
import { watch } from "./rules/r12-watch.ts";
import { watchCursor } from "./rules/r12-watch-cursor.ts";
import { claims } from "./rules/r13-claims.ts";
import { completion } from "./rules/r13-completion.ts";
import { extensions } from "./rules/r13-extensions.ts";
import { leaseListing } from "./rules/r13-lease-listing.ts";
import { systemRelease } from "./rules/r13-system-release.ts";
import { work } from "./rules/r13-work.ts";
import { processes } from "./rules/r14-processes.ts";
import { copying } from "./rules/r15-copying.ts";
import { dropping } from "./rules/r15-dropping.ts";
import { exporting } from "./rules/r15-exporting.ts";
import { tenants } from "./rules/r15-tenants.ts";
import { errors } from "./rules/r16-errors.ts";
import { readSets } from "./rules/r17-read-sets.ts";
import { agents } from "./rules/r19-agents.ts";
import { dependencies } from "./rules/r18-dependencies.ts";
import { failures } from "./rules/r18-failures.ts";
import { handOffs } from "./rules/r18-hand-off.ts";
import { priorities } from "./rules/r18-priorities.ts";
import { sources } from "./rules/r18-sources.ts";
import { asking } from "./rules/asking.ts";
import { waiting } from "./rules/waiting.ts";

const RULES = [
  visibility,
  combinedRouting,
  noAccidentalAudience,
  writing,
  permissions,
  subscriptions,
  topicDeletion,
  timeToLive,
  values,
  compareAndSet,
  busyPrograms,
  edits,
  batches,
  log,
  logListing,
  events,
  watch,
  watchCursor,
  outages,
  changes,
  past,
  verifying,
  cursors,
  retention,
  claims,
  completion,
  extensions,
  leaseListing,
  systemRelease,
  work,
  processes,
  tenants,
  dropping,
  copying,
  exporting,
  limits,
  largeTenants,
  errors,
  readSets,
  agents,
  sources,
  priorities,
  dependencies,
  handOffs,
  failures,
  waiting,
  asking,
];

/**
 * Registers, with vitest, the cases that a storage must pass: examples of each rule from R1 to R19, races between
 * concurrent callers, and random steps whose answers are compared with those of the storage in memory.
 *
 * @example
 * storageContract({
 *   name: "memory",
 *   create({ clock }) {
 *     const storage = new MemoryStorage({ clock });
 *     return { storage, reopen: async () => storage, cleanup: async () => {} };
 *   },
 * });
 */
export function storageContract(contract: StorageContract): void {
  const { name, scope = "storage" } = contract;
  describe(`the storage contract on ${name}`, () => {
    for (const rule of RULES) registerRule(contract, rule);
    registerComparison(contract);
    registerPast(contract);
    if (scope !== "wrapper") registerRaces(contract);
    if (scope === "all") registerModelCases(contract);
  });
}
