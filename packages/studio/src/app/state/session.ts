import { computed, signal } from "@preact/signals";
import type { Session } from "../../api/index.ts";
import { setServerTime } from "./clock.ts";
import { read, redeemTicket, type RequestError } from "./request.ts";
import { defaultTenant, place } from "./route.ts";

export const session = signal<Session | undefined>(undefined);
export const sessionError = signal<RequestError | undefined>(undefined);

/** Whether this person may write now: never in the past. */
export const mayWrite = computed(
  () => session.value?.write === true && place.value.at === undefined,
);

export async function loadSession(): Promise<void> {
  try {
    await redeemTicket();
    const found = await read("api/session", {});
    setServerTime(Date.parse(found.now));
    defaultTenant.value = found.tenantIds?.[0];
    session.value = found;
    sessionError.value = undefined;
  } catch (error) {
    sessionError.value = error as RequestError;
  }
}
