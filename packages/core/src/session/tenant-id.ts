import { SynthaError } from "../error/syntha-error.ts";
import { checkName, MAX_NAME_BYTES } from "../text/name.ts";

/**
 * Refuses a tenant id that is given but unusable: it must never be taken for the default (R15).
 * @param isOptional whether `tenantId` may be left out, for the hint
 * @throws INVALID_TENANT
 */
export function checkTenantId(tenantId: unknown, isOptional = false): asserts tenantId is string {
  try {
    checkName("tenant id", tenantId);
  } catch (cause) {
    throw new SynthaError(
      "INVALID_TENANT",
      `A tenant id must be a string of 1 to ${MAX_NAME_BYTES} bytes of well-formed text.`,
      {
        hint: `Pass the id of one user, customer or project${isOptional ? "; leave `tenantId` out only if there is one tenant" : ""}.`,
        cause,
      },
    );
  }
}
