/** A person in D1: what they see of themselves, and what others may see. */
import { eq, getTableColumns } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { MeAnswer } from "../../schema/api/people.ts";
import { onboardingProgress, userInterests, userLanguages } from "../../schema/tables/profiles.ts";
import { users } from "../../schema/tables/users.ts";
