import { checkOptions } from "../options/known-options.ts";
import { checkRoute, ROUTE } from "../route/check-route.ts";
import type { Route, RouteInput } from "../route/route.ts";
import type { MeshSchema } from "../schema/mesh-schema.ts";
import { SchemaGuard } from "../schema/schema-guard.ts";
import { checkName } from "../text/name.ts";
import type { MeshLimits, MeshOptions } from "./mesh-options.ts";

/** Turns what callers pass into what is stored, by the mesh's limits, schema and default route. It reads nothing. */
export class RequestEncoder {
  readonly limits: MeshLimits;
  readonly schema: SchemaGuard;
  readonly defaultRoute: Route | undefined;

  /** @throws INVALID_ARGUMENTS, INVALID_ROUTE for a schema or default route that can't be used */
  constructor(
    { schema, defaultRoute = {} }: Pick<MeshOptions<MeshSchema>, "schema" | "defaultRoute">,
    limits: MeshLimits,
  ) {
    this.limits = limits;
    this.schema = new SchemaGuard(schema, limits);
    checkOptions(defaultRoute, ROUTE, "defaultRoute");
    this.defaultRoute = this.toRoute(defaultRoute);
  }

  checkKey(key: unknown): asserts key is string {
    checkName("key", key, this.limits.keyBytes);
  }

  /** @throws SCHEMA_MISMATCH for a topic that the mesh does not have */
  checkTopics(topics: readonly string[]): void {
    this.schema.topics?.check(topics);
  }

  /**
   * Undefined when the input has no route.
   * @param key of the item; left out for events
   */
  toRoute(input: RouteInput, key?: string): Route | undefined {
    const route = checkRoute(input, this.limits);
    if (route === undefined) return undefined;
    this.checkTopics(route.topics);
    if (key !== undefined) this.schema.topics?.checkItem(key, route.topics);
    return route;
  }

  /** The default route, if the schema allows it for the item. */
  defaultRouteOf(key: string): Route | undefined {
    const { defaultRoute } = this;
    const isAllowed =
      defaultRoute === undefined || (this.schema.topics?.allows(key, defaultRoute.topics) ?? true);
    return isAllowed ? defaultRoute : undefined;
  }
}
