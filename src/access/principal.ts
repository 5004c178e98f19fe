// Who is asking, as far as a policy cares: a role, and what the token claims beside it.

export type Principal = Readonly<{
  role: string;
  /** Unchecked: whatever JSON the token carried, without the registered claims. */
  claims: Readonly<Record<string, unknown>>;
}>;

/** Claims that say who asks and for how long: they are never passed on, so no policy can be filled from them. */
export const registeredClaims: readonly string[] = Object.freeze([
  "iss",
  "sub",
  "aud",
  "exp",
  "nbf",
  "iat",
  "jti",
  "role",
]);
