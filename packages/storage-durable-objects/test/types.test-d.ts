import type { DurableObjectNamespace, Rpc } from "@cloudflare/workers-types";
import type { Storage } from "@syntha/core";
import type { Miniflare } from "miniflare";
import { expectTypeOf } from "vitest";
import { DurableObjectStorage, type TenantNamespace } from "../src/index.ts";

// A namespace fits as each tool types it: without its class, with it, and as Miniflare's proxy.
expectTypeOf<DurableObjectNamespace>().toExtend<TenantNamespace>();
expectTypeOf<DurableObjectNamespace<Rpc.DurableObjectBranded>>().toExtend<TenantNamespace>();
expectTypeOf<
  Awaited<ReturnType<Miniflare["getDurableObjectNamespace"]>>
>().toExtend<TenantNamespace>();

expectTypeOf<DurableObjectStorage>().toExtend<Storage>();
// @ts-expect-error -- the binding is required
void new DurableObjectStorage({});
