import { parsePermissions, type Permissions } from "@syntha/core/storage";

export function toPermissions(text: string | null): Permissions | null {
  return text === null ? null : parsePermissions(text);
}
