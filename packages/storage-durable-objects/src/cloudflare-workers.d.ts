/**
 * The part of the runtime's module that this package uses, so that it builds beside the types of Node. Users have the
 * module from `wrangler types` or @cloudflare/workers-types.
 */
declare module "cloudflare:workers" {
  export abstract class DurableObject<Env = unknown> {
    protected ctx: object;
    protected env: Env;
    constructor(ctx: object, env: Env);
  }
}
