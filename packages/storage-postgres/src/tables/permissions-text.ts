import type { Permissions } from "@syntha/core/storage";

export function toPermissions(text: string | null): Permissions | null {
  return text === null ? null : (JSON.parse(text) as Permissions);
}
