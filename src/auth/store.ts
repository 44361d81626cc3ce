/** Sign-in's side of `users`. Inactive users are nobody to it. */
import { and, eq } from "drizzle-orm";
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

export async function activeUserById(database: D1Database, userId: number): Promise<SessionUser | null> {
  const user = await drizzle(database)
    .select(sessionUserColumns)
    .from(users)
    .where(and(eq(users.id, userId), eq(users.isActive, true)))
    .get();
  return user ?? null;
}

export async function activeUserByEmail(database: D1Database, email: string): Promise<SessionUser | null> {
  const user = await drizzle(database)
    .select(sessionUserColumns)
    .from(users)
    .where(and(eq(users.email, email), eq(users.isActive, true)))
    .get();
  return user ?? null;
}

/** Two first sign-ins at once make one user: whoever is there already stays as they are. */
export async function addPerson(database: D1Database, person: NewPerson): Promise<void> {
  await drizzle(database).insert(users).values(person).onConflictDoNothing({ target: users.email });
}
