import type { TenantRegistry } from "@syntha/core";
import { type StudioHandler, studioHandler } from "@syntha/studio";
import type { Users } from "./users.ts";

/** Where the app shows Studio. */
export const STUDIO_PATH = "/studio";

/** Studio for moderators and admins, each with its own tenant; admins may write. */
export function createStudio(users: Users, tenants: TenantRegistry): StudioHandler {
  return studioHandler({
    tenants,
    basePath: STUDIO_PATH,
    write: true,
    authorize: ({ headers }) => {
      const user = users.find(headers.get("Authorization") ?? undefined);
      if (user?.role !== "moderator" && user?.role !== "admin") return undefined;
      return { person: user.agent, tenantIds: [user.tenant], write: user.role === "admin" };
    },
    onError: (error) => console.error(error),
  });
}
