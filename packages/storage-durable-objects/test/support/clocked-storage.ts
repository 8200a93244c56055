import {
  type Clock,
  type Commit,
  decide,
  type Decide,
  type Facts,
  NO_USAGE,
  type Outcome,
  type Usage,
} from "@syntha/core/storage";
import { DurableObjectStorage } from "../../src/index.ts";
import type { Namespace, ObjectStub } from "../../src/client/object-stub.ts";
import type { Reply } from "../../src/protocol/methods.ts";

interface ClockedStub extends Pick<ObjectStub, "fetch"> {
  invokeAt(now: number, method: string, args: readonly unknown[]): Promise<Reply>;
  usages(
    now: number,
    tenantId: string,
    agents: readonly string[],
  ): Promise<{ readonly tenant: Usage; readonly agents: readonly Usage[] }>;
}

export interface ClockedNamespace extends Pick<Namespace, "idFromName"> {
  get(id: object): ClockedStub;
}

/**
 * A storage of `ClockedObject`s, whose time is that of `clock`.
 * @param prefix of the names of its objects: each one is a storage apart
 */
export class ClockedStorage extends DurableObjectStorage {
  readonly #usages: (
    tenantId: string,
    agents: readonly string[],
  ) => ReturnType<ClockedStub["usages"]>;

  constructor(namespace: ClockedNamespace, clock: Clock, prefix: string) {
    const idFromName = (name: string): object => namespace.idFromName(`${prefix} ${name}`);
    super({
      namespace: {
        idFromName,
        get(id: object) {
          const stub = namespace.get(id);
          return {
            invoke: (method: string, args: readonly unknown[]) =>
              stub.invokeAt(clock(), method, args),
            fetch: (url: string, init: Parameters<ObjectStub["fetch"]>[1]) => stub.fetch(url, init),
          };
        },
      },
    });
    this.#usages = (tenantId, agents) =>
      namespace.get(idFromName(tenantId)).usages(clock(), tenantId, agents);
  }

  /** The contract reads the usage that decisions are based on by another `decide`, which an object can't be sent. */
  override async commit(
    tenantId: string,
    commits: readonly Commit[],
    by: Decide,
  ): Promise<readonly Outcome[]> {
    if (by === decide) return super.commit(tenantId, commits, decide);
    const agents = new Set<string>();
    const usageOf = (agent: string): Usage => (agents.add(agent), NO_USAGE);
    const [commit] = commits as [Commit];
    by(commit, { usage: NO_USAGE, usageOf } as unknown as Facts);
    const usages = await this.#usages(tenantId, [...agents]);
    const known = new Map([...agents].map((agent, i) => [agent, usages.agents[i]] as const));
    const facts = { usage: usages.tenant, usageOf: (agent: string) => known.get(agent) };
    by(commit, facts as unknown as Facts);
    return super.commit(tenantId, commits, decide);
  }
}
