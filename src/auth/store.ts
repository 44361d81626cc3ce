/** Sign-in's side of `users`. Inactive users are nobody to it. */
import { and, eq, type SQL } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { SessionUser } from "../../schema/api/auth.ts";
import { users } from "../../schema/tables/users.ts";
import type { ProviderIdentity } from "./providers.ts";
import type { NewPerson } from "./rules.ts";

const sessionUserColumns = {
  id: users.id,
  email: users.email,
  englishName: users.englishName,
  koreanName: users.koreanName,
  profileImageUrl: users.profileImageUrl,
};

export function activeUserById(database: D1Database, userId: number): Promise<SessionUser | null> {
  return activeUser(database, eq(users.id, userId));
}

export function activeUserByEmail(database: D1Database, email: string): Promise<SessionUser | null> {
  return activeUser(database, eq(users.email, email));
}

async function activeUser(database: D1Database, isThem: SQL): Promise<SessionUser | null> {
  const user = await drizzle(database)
    .select(sessionUserColumns)
    .from(users)
    .where(and(isThem, eq(users.isActive, true)))
    .get();
  return user ?? null;
}

/** Two first sign-ins at once make one user: whoever is there already stays as they are. */
export async function addPerson(database: D1Database, person: NewPerson): Promise<void> {
  await drizzle(database).insert(users).values(person).onConflictDoNothing({ target: users.email });
}

export interface KnownUser {
  readonly user: SessionUser;
  readonly isActive: boolean;
}

type ProviderAccount = Pick<ProviderIdentity, "provider" | "subject">;

/** By their name at the provider, and by nothing else: an address may be anybody's. */
export async function userOfProvider(
  database: D1Database,
  { provider, subject }: ProviderAccount,
): Promise<KnownUser | null> {
  const found = await drizzle(database)
    .select({ ...sessionUserColumns, isActive: users.isActive })
    .from(users)
    .where(and(eq(users.oauthProvider, provider), eq(users.oauthId, subject)))
    .get();
  if (found === undefined) return null;
  const { isActive, ...user } = found;
  return { user, isActive };
}

export interface Newcomer extends NewPerson, ProviderAccount {
  readonly isEmailVerified: boolean;
}

/** False where the account, or the address, is somebody's already: they stay as they are. */
export async function addNewcomer(database: D1Database, newcomer: Newcomer): Promise<boolean> {
  const { provider, subject, ...person } = newcomer;
  const { meta } = await drizzle(database)
    .insert(users)
    .values({ ...person, oauthProvider: provider, oauthId: subject })
    .onConflictDoNothing();
  return meta.changes > 0;
}
