/** Sign-in's side of `users`. Inactive users are nobody to it. */
import { and, eq, type SQL } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { SessionUser } from "../../schema/api/auth.ts";
import { users } from "../../schema/tables/users.ts";
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
