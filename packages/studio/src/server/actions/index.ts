import type { StudioActions } from "../../api/index.ts";
import type { Action } from "./action.ts";
import { deleteItem } from "./delete.ts";
import { permissions } from "./permissions.ts";
import { push } from "./push.ts";
import { release } from "./release.ts";
import { restore } from "./restore.ts";
import { retry, retryAll } from "./retry.ts";
import { say } from "./say.ts";
import { subscribe, unsubscribe } from "./subscriptions.ts";

/** The requests that write. */
export const ACTIONS: { readonly [P in keyof StudioActions]: Action<P> } = {
  "api/push": push,
  "api/delete": deleteItem,
  "api/retry": retry,
  "api/retry-all": retryAll,
  "api/release": release,
  "api/restore": restore,
  "api/subscribe": subscribe,
  "api/unsubscribe": unsubscribe,
  "api/say": say,
  "api/permissions": permissions,
};
