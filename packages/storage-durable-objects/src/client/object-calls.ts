import { InFlightCounter } from "@syntha/core/storage";
import { checkCallSize } from "../protocol/call-size.ts";
import { toSynthaError } from "../protocol/error-data.ts";
import { fromMarked, toMarked } from "../protocol/marked.ts";
import type { MethodName, ObjectMethods, Reply } from "../protocol/methods.ts";
import { isOfOtherRequest, toFailure } from "./failure.ts";
import type { Namespace, ObjectStub } from "./object-stub.ts";

/** Calls that may change something, so that it matters whether a call that failed was executed. */
const WRITES: ReadonlySet<MethodName> = new Set<MethodName>([
  "commit",
  "dropTenant",
  "compact",
  "load",
]);

interface SharedStub {
  readonly stub: ObjectStub;
  calls: number;
}

/**
 * Calls the methods of objects. Calls of one object that overlap share a stub, which delivers them in their order. A stub
 * is not kept for later: it belongs to the request that it was made in, and is of no use after a failure.
 */
export class ObjectCalls {
  readonly #namespace: Namespace;
  readonly #stubs = new Map<string, SharedStub>();
  readonly inFlight = new InFlightCounter();

  constructor(namespace: Namespace) {
    this.#namespace = namespace;
  }

  /** A new reference to the object of this name. */
  stub(name: string): ObjectStub {
    return this.#namespace.get(this.#namespace.idFromName(name));
  }

  async call<M extends MethodName>(
    name: string,
    method: M,
    ...args: Parameters<ObjectMethods[M]>
  ): Promise<ReturnType<ObjectMethods[M]>> {
    const marked = toMarked(args);
    checkCallSize(marked);
    const reply = await this.inFlight.run(() => this.#send(name, method, marked));
    // It has no stubs, but the runtime keeps a call open until its result is disposed of.
    (reply as Partial<Disposable>)[Symbol.dispose]?.();
    if (!reply.ok) throw toSynthaError(reply.error);
    return fromMarked(reply.value) as ReturnType<ObjectMethods[M]>;
  }

  async #send(name: string, method: MethodName, args: readonly unknown[]): Promise<Reply> {
    for (;;) {
      const known = this.#stubs.get(name);
      const shared = known ?? { stub: this.stub(name), calls: 0 };
      if (known === undefined) this.#stubs.set(name, shared);
      shared.calls++;
      try {
        return await shared.stub.invoke(method, args);
      } catch (error) {
        const failure = toFailure(error, WRITES.has(method));
        if (failure !== error) this.#forget(name, shared);
        // The stub belongs to another request of the Worker, so nothing was sent.
        if (known === undefined || !isOfOtherRequest(error)) throw failure;
      } finally {
        if (--shared.calls === 0) this.#forget(name, shared);
      }
    }
  }

  #forget(name: string, shared: SharedStub): void {
    if (this.#stubs.get(name) === shared) this.#stubs.delete(name);
  }
}
