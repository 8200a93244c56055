/** What an agent may do, once any of it is set: what is not named is denied (R5). */
export interface Permissions {
  /** Topics that it may post to. */
  readonly post: readonly string[];
  /** Topics that it may subscribe to. */
  readonly subscribe: readonly string[];
  /** Whether it may push and publish for everyone. */
  readonly global: boolean;
  /** Whether it may push and publish to agents by name. */
  readonly direct: boolean;
}
