import { refuseOptions } from "../options/known-options.ts";
import type { Actor } from "../route/visibility.ts";
import type { MeshInterceptor, OperationName } from "./interceptor.ts";

/** Runs operations through the mesh's interceptor; directly, if it has none. */
export class OperationRunner {
  readonly #tenantId: string;
  readonly #interceptor: MeshInterceptor | undefined;

  constructor(tenantId: string, interceptor: MeshInterceptor | undefined) {
    this.#tenantId = tenantId;
    this.#interceptor = interceptor;
  }

  run<T>(
    name: OperationName,
    actor: Actor,
    args: ArrayLike<unknown>,
    body: () => T,
    isBackground = false,
  ): T {
    if (this.#interceptor === undefined) return body();
    const operation = { name, tenantId: this.#tenantId, actor, args: Array.from(args) };
    return this.#interceptor.intercept({ ...operation, isBackground }, body);
  }

  /** The same for a method that takes no options: an object of options after its `arity` arguments is refused. */
  runWithoutOptions<T>(
    name: OperationName,
    actor: Actor,
    args: ArrayLike<unknown>,
    arity: number,
    body: () => Promise<T>,
  ): Promise<T> {
    if (args.length <= arity) return this.run(name, actor, args, body);
    return this.run(name, actor, args, async () => {
      refuseOptions(name, args[arity]);
      return body();
    });
  }
}
