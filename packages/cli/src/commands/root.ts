import { buildRouteMap } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { ACT } from "./act.ts";
import { KEEP } from "./keep.ts";
import { LOOK } from "./look.ts";
import { SERVICE } from "./service.ts";
import { START } from "./start.ts";

export const ROOT = buildRouteMap<string, Cli>({
  routes: { ...LOOK, ...ACT, ...SERVICE, ...KEEP, ...START },
  docs: { brief: "See what your agents share, and why" },
});
