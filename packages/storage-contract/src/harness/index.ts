export { assertSame } from "./assert-same.ts";
export {
  INVALID_NAMES,
  JSON_TEXTS,
  NAMES_BY_CODE_POINT,
  NON_JSON_VALUES,
  parseJson,
  VALID_NAMES,
} from "./edge-cases.ts";
export { expectEqualTenants, exportLines } from "./exported-tenant.ts";
export { Feed, formatChange } from "./feed.ts";
export {
  interceptMaintenance,
  interruptibleStorage,
  type InterruptibleStorage,
  type TenantCall,
} from "./intercepted-storage.ts";
export { pushes, times, words } from "./lists.ts";
export { expectPages, readPages } from "./pages.ts";
export { foldLog, loggedItem } from "./log-fold.ts";
export { rejects } from "./rejects.ts";
export { rule, withSupport } from "./rule.ts";
export { runParameters, TIMEOUT_MS } from "./run-parameters.ts";
export { dumpTenant } from "./tenant-dump.ts";
export { readItems, readLog, type TenantSnapshot, tenantSnapshot } from "./tenant-snapshot.ts";
export { recountUsage, sizeOf, storedUsage } from "./usage-report.ts";
export { waitFor } from "./wait-for.ts";
export { MANUAL_MAINTENANCE, type World } from "./world.ts";
