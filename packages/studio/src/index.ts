export type * from "./api/index.ts";
export type { Authorize, StudioIdentity } from "./server/identity.ts";
export type { StudioOptions } from "./server/options.ts";
export { type StudioHandler, studioHandler } from "./server/studio-handler.ts";
