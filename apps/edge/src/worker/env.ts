import type { TenantNamespace } from "@syntha/storage-durable-objects";

/** What the Worker is bound to; `wrangler.jsonc` has the bindings. */
export interface Env {
  /** The Durable Objects of the tenants. */
  readonly TENANTS: TenantNamespace;
  /** JSON of the agents' tokens, as `npx @syntha/mcp token` writes them: hashes, never tokens. A secret. */
  readonly TOKENS?: string;
  /** At least 32 random bytes in base64, which sign the questions before something is deleted. A secret. */
  readonly APPROVAL_KEY: string;
  /** SHA-256 of the operator's token in hexadecimal. Without it, the routes under `/tenants` are closed. A secret. */
  readonly OPERATOR_SHA256?: string;
  /** The host by which clients reach the Worker. */
  readonly HOST: string;
}
