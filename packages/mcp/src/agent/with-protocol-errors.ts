import { toProtocolError } from "./protocol-error.ts";

/** @throws ProtocolError in place of what the work throws */
export async function withProtocolErrors<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw toProtocolError(error);
  }
}
