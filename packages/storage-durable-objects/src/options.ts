import { SynthaError } from "@syntha/core";
import { checkOptions, describe, knownOptions } from "@syntha/core/storage";
import type { Namespace } from "./client/object-stub.ts";

/**
 * The part of a binding's `DurableObjectNamespace` that the storage requires. It is a shape, so that it fits the types of
 * `wrangler types`, of @cloudflare/workers-types and of Miniflare.
 */
export interface TenantNamespace {
  idFromName(name: string): object;
  get(id: never): object;
}

/**
 * Options of {@link DurableObjectStorage}.
 *
 * @example
 * const options: DurableObjectStorageOptions = { namespace: env.TENANTS };
 */
export interface DurableObjectStorageOptions {
  /**
   * The binding whose class is `TenantObject`: one object per tenant, and one that lists them. A namespace of a
   * jurisdiction, `env.TENANTS.jurisdiction("eu")`, is another storage.
   */
  namespace: TenantNamespace;
}

const OPTIONS = knownOptions<DurableObjectStorageOptions>("new DurableObjectStorage", {
  namespace: true,
});

const HINT =
  'Pass the binding of a Durable Object: new DurableObjectStorage({ namespace: env.TENANTS }), with "durable_objects": { "bindings": [{ "name": "TENANTS", "class_name": "TenantObject" }] } and "migrations": [{ "tag": "v1", "new_sqlite_classes": ["TenantObject"] }] in wrangler.jsonc.';

/** @throws INVALID_ARGUMENTS for an unknown option; MISCONFIGURED for what is no namespace */
export function toNamespace(options: DurableObjectStorageOptions): Namespace {
  checkOptions(options, OPTIONS);
  const { namespace } = options as { readonly namespace: unknown };
  if (isNamespace(namespace)) return namespace;
  const isMissing = namespace === undefined || namespace === null;
  throw new SynthaError(
    "MISCONFIGURED",
    isMissing
      ? "`namespace` is missing: the Worker has no binding of that name."
      : `\`namespace\` must be the binding of a Durable Object namespace, not ${describe(namespace)}.`,
    { hint: HINT, details: { path: "namespace" } },
  );
}

function isNamespace(given: unknown): given is Namespace {
  // A binding, or Miniflare's proxy of one, may be callable.
  if ((typeof given !== "object" && typeof given !== "function") || given === null) return false;
  const { idFromName, get } = given as Partial<Namespace>;
  return typeof idFromName === "function" && typeof get === "function";
}
