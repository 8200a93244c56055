import { createHash } from "node:crypto";
import type { RoleName } from "@syntha/tools";

/** Whom a token stands for. Nothing else in a request says who it is from, or whose data it is about. */
export interface User {
  readonly tenant: string;
  /** The agent that acts for this user. */
  readonly agent: string;
  readonly role: RoleName;
}

/** Knows users by their tokens, and keeps none of these: only hashes, so that looking one up tells nothing of others. */
export class Users {
  readonly #byHash = new Map<string, User>();

  add(token: string, user: User): this {
    this.#byHash.set(hash(token), user);
    return this;
  }

  /** By the value of a request's `Authorization` header. */
  find(authorization: string | undefined): User | undefined {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
    return token === undefined ? undefined : this.#byHash.get(hash(token));
  }
}

const hash = (token: string): string => createHash("sha256").update(token).digest("base64");
