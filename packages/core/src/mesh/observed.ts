import type { MeshSchema } from "../schema/mesh-schema.ts";
import { AgentContext } from "./agent-context.ts";
import type { ContextMesh } from "./context-mesh.ts";
import type { MeshInterceptor, OperationName } from "../session/interceptor.ts";
import type { Session } from "../session/session.ts";
import { SystemContext } from "./system-context.ts";

/** All that is not observed where it happens, as claims and leases are. */
const OF_AGENTS = [
  "push",
  "pushMany",
  "update",
  "get",
  "getItem",
  "getItems",
  "getMany",
  "getAll",
  "keys",
  "keysByTopic",
  "list",
  "delete",
  "subscribe",
  "unsubscribe",
  "subscriptions",
  "topics",
  "can",
  "watch",
  "changes",
  "publish",
  "events",
  "explain",
] as const satisfies readonly (OperationName & keyof AgentContext)[];

const OF_MESHES = [
  "agents",
  "topics",
  "subscribers",
  "deleteTopic",
  "setPermissions",
  "permissions",
  "stats",
  "sweep",
  "clear",
  "compact",
] as const satisfies readonly (OperationName & keyof ContextMesh)[];

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** What an agent's view is to its own methods. */
interface View {
  readonly session: Session & { readonly interceptor: MeshInterceptor };
  readonly reader: string | null;
}

/** An agent's view in a mesh with an observer; without one, nothing of this is ever called. */
export class ObservedAgent<S extends MeshSchema> extends AgentContext<S> {}
export class ObservedSystem<S extends MeshSchema> extends SystemContext<S> {}
observe(ObservedAgent.prototype, OF_AGENTS);
observe(ObservedSystem.prototype, [...OF_AGENTS, "history"]);

function observe(prototype: object, names: readonly OperationName[]): void {
  for (const name of names) {
    const method = (prototype as Record<OperationName, Method>)[name];
    replace(prototype, name, function (...args) {
      const { session, reader: actor } = this as View;
      return session.interceptor.intercept(
        { name, tenantId: session.tenantId, actor, args, isBackground: false },
        () => method.apply(this, args),
      );
    });
  }
}

/** The methods of a mesh itself. */
export function observeMesh(mesh: object, tenantId: string, observer: MeshInterceptor): void {
  for (const name of OF_MESHES) {
    const method = (mesh as Record<OperationName, Method>)[name];
    replace(mesh, name, (...args) =>
      observer.intercept({ name, tenantId, actor: null, args, isBackground: false }, () =>
        method.apply(mesh, args),
      ),
    );
  }
}

function replace(target: object, name: string, value: Method): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
}
