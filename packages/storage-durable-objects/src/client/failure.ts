import { isSynthaError, SynthaError } from "@syntha/core";

/** Bytes of a call's arguments, or of its answer. */
const MAX_MESSAGE_BYTES = 32 * 1024 * 1024;

/** What the runtime adds to an error of a call. */
interface PlatformError extends Error {
  /** Thrown by the object's code, rather than by the platform. */
  readonly remote?: boolean;
  /** The failure may pass by itself. */
  readonly retryable?: boolean;
  /** The object has too many calls waiting, so this one was refused. */
  readonly overloaded?: boolean;
  readonly durableObjectReset?: boolean;
}

/** Whether a stub, or another object with I/O, was used in another request than the one that created it. */
export function isOfOtherRequest(error: unknown): boolean {
  return error instanceof Error && error.message.includes("on behalf of a different request");
}

/**
 * What a caller gets for an error of a call: a SynthaError as it is, a failure of the platform with a code and a hint, a
 * bug in the object's code unchanged.
 * @param isWrite Whether the call may have changed something.
 */
export function toFailure(thrown: unknown, isWrite: boolean): unknown {
  if (isSynthaError(thrown) || !(thrown instanceof Error)) return thrown;
  const error: PlatformError = thrown;
  const { message } = error;
  if (/does not implement|not support(ed)? RPC|no such (actor|durable object) class/i.test(message))
    return failure(
      "MISCONFIGURED",
      "The class of the namespace is not TenantObject",
      error,
      CLASS_HINT,
    );
  if (isOfOtherRequest(error))
    return failure(
      "MISCONFIGURED",
      "A Worker's I/O belongs to the request that it was created in",
      error,
      "Create the storage and its meshes in the handler of each request, or keep them in a Durable Object.",
    );
  if (/32 ?MiB/.test(message)) return messageTooLarge(error);
  if (error.overloaded === true && error.durableObjectReset !== true)
    return failure(
      "UNAVAILABLE",
      "The Durable Object of the tenant is overloaded",
      error,
      OVERLOADED_HINT,
    );
  if (/too many (subrequests|API requests)|subrequest depth/i.test(message))
    return failure(
      "UNAVAILABLE",
      "The Worker's invocation has made all the calls that it may make",
      error,
      "Nothing was changed. Divide the work among invocations, such as by a queue, or raise the limit of subrequests in the Wrangler configuration.",
    );
  if (!isPlatformError(error)) return thrown;
  if (isWrite)
    return failure(
      "UNKNOWN_OUTCOME",
      "The Durable Object did not answer, so the write may or may not have happened",
      error,
      "Read before you write again. Repeating the write is safe with `ifRevision` or an event's id.",
    );
  return failure("UNAVAILABLE", "The Durable Object did not answer", error, "Try again.");
}

const CLASS_HINT =
  "Export TenantObject of @syntha/storage-durable-objects/tenant-object from the Worker, name it as `class_name` of the binding, and deploy.";
const OVERLOADED_HINT =
  "Nothing was changed; try again later. One object serves about 1,000 requests per second: push several items with `pushMany`, or divide the work among tenants.";

function isPlatformError({
  retryable,
  durableObjectReset,
  remote,
  message,
}: PlatformError): boolean {
  if (retryable === true || durableObjectReset === true) return true;
  return remote !== true && PLATFORM_MESSAGE.test(message);
}

/** Of failures that have none of the properties. */
const PLATFORM_MESSAGE =
  /connection|internal error|reset|disconnected|shut ?down|abort|evict|broken|exceeded|timed? ?out/i;

function messageTooLarge(error: Error): SynthaError {
  const size = Number(/was:? (\d+) bytes/.exec(error.message)?.[1] ?? MAX_MESSAGE_BYTES);
  return new SynthaError("TOO_LARGE", `${withoutDot(error.message)}.`, {
    hint: "Write or read less at a time: fewer or smaller items in one call.",
    details: { what: "call", size, maximum: MAX_MESSAGE_BYTES },
    cause: error,
  });
}

function failure(
  code: "MISCONFIGURED" | "UNAVAILABLE" | "UNKNOWN_OUTCOME",
  message: string,
  cause: Error,
  hint: string,
): SynthaError {
  return new SynthaError(code, `${message}: ${withoutDot(cause.message)}.`, { hint, cause });
}

function withoutDot(message: string): string {
  return message.replace(/\.$/, "");
}
