import type { Storage } from "../storage/storage.ts";
import type { CopyProgress } from "./copy-progress.ts";

/** Options of calls that read a whole tenant: `exportTenant` and `verifyTenant`. */
export interface TenantReadOptions {
  readonly storage: Storage;
  readonly tenantId: string;
  /** Records that are read at once, 1 to 1,000; fewer if values are large. An export has a line for each batch. @default 1000 */
  readonly batch?: number | undefined;
  /** Called after each line of an export, and after every thousand records of a verification. */
  readonly onProgress?: ((progress: CopyProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}
