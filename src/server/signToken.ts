// Signs the tokens that the demo hands out and `token` prints.
import { SignJWT } from "jose";

/** A signed JWT (HS256) for a role; `expiresIn` in seconds. */
export function signToken(
  secret: string,
  {
    role,
    claims = {},
    expiresIn,
    subject = `token:${role}`,
  }: {
    role: string;
    claims?: Readonly<Record<string, unknown>>;
    expiresIn: number;
    subject?: string;
  },
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ ...claims, role })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setSubject(subject)
    .setIssuedAt(now)
    .setExpirationTime(now + expiresIn)
    .sign(new TextEncoder().encode(secret));
}
