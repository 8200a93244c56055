/** Who looks at Studio, and what they may do. */
export interface StudioIdentity {
  /** The name under which their writes are recorded: that of an agent. @default that of the handler */
  readonly person?: string | undefined;
  /** `false` makes Studio read-only for them. A handler without `write` is read-only for everyone. @default true */
  readonly write?: boolean | undefined;
  /** The tenants that they may see; of others they learn nothing. @default all */
  readonly tenantIds?: readonly string[] | undefined;
}

/**
 * Returns who sends a request, or undefined to answer it with 401. It reads headers, never the body. It is called for each
 * request, and again while a live stream is open (`reauthorizeEvery`), which it ends by returning undefined or other rights.
 *
 * @example
 * ```ts
 * const authorize: Authorize = async (request) => {
 *   const user = await sessions.find(request.headers.get("cookie"));
 *   return user?.isAdmin ? { person: user.name, tenantIds: user.companies } : undefined;
 * };
 * ```
 */
export type Authorize = (
  request: Request,
) => StudioIdentity | undefined | Promise<StudioIdentity | undefined>;

/** Equal for identities with the same rights. */
export function identityKey({ person, write, tenantIds }: StudioIdentity): string {
  return JSON.stringify([person ?? null, write ?? null, tenantIds?.toSorted() ?? null]);
}
