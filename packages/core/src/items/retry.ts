import type { Actor } from "../route/visibility.ts";
import type { Session } from "../session/session.ts";

/** Makes a failed item ready again. */
export async function retry(
  session: Session,
  actor: Actor,
  key: string,
): Promise<{ readonly revision: number }> {
  session.encoder.checkKey(key);
  const { revision } = await session.perform(actor, { type: "retry", key });
  return { revision };
}
