import type { Storage } from "@syntha/core";
import { checkStorage } from "@syntha/core/storage";
import type { TelemetryOptions } from "../options.ts";
import { Signals } from "../signal/signals.ts";
import { InstrumentedStorage } from "./instrumented-storage.ts";

/**
 * Lets a storage tell of what it is asked: give meshes what this gives, and only that, in the storage's place. Together
 * with `meshInterceptor` its spans lie inside those of the operations that ask.
 * @throws INVALID_ARGUMENTS for options that can't be used, MISCONFIGURED for what is not a storage
 */
export function instrumentStorage(storage: Storage, options: TelemetryOptions = {}): Storage {
  checkStorage(storage);
  return new InstrumentedStorage(storage, new Signals(options));
}
