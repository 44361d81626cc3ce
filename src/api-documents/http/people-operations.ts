/** What people say of themselves, and what others see of it. */
import {
  interestsAnswer,
  languagesAnswer,
  type MeAnswer,
  meAnswer,
  type PersonLanguage,
  type PublicProfile,
  publicProfile,
  putInterestsRequest,
  putLanguagesRequest,
  updateMeRequest,
} from "../../../schema/api/people.ts";
import { minji, SAMPLE } from "../sample.ts";
import type { Operation } from "./operation.ts";

export const LANGUAGES: PersonLanguage[] = [
  { languageCode: "ko", languageType: "NATIVE", proficiencyLevel: null, isPrimary: true },
  { languageCode: "en", languageType: "LEARNING", proficiencyLevel: "B1", isPrimary: true },
];

export const SEOUL = { city: "서울", country: "KR", latitude: 37.6, longitude: 127 };

const me: MeAnswer = {
  ...minji,
  isEmailVerified: false,
  birthDate: "2000-01-01",
  gender: null,
  intro: null,
  residence: null,
  timeZone: null,
  role: "USER",
  languages: [],
  interests: [],
  onboardingCompleted: false,
  createdAt: "2026-11-22T09:30:00.000Z",
};

const daniel: PublicProfile = {
  id: SAMPLE.daniel,
  englishName: "Daniel",
  koreanName: null,
  profileImageUrl: null,
  age: 26,
  country: null,
  intro: null,
  languages: [],
  interests: [],
};

export const PEOPLE_OPERATIONS = {
  "GET /v1/me": {
    id: "getMe",
    area: "People",
    summary: "Get everything of oneself",
    description: "What one has said of oneself, all of it.",
    caller: "user",
    answers: { 200: { description: "Oneself.", schema: meAnswer, example: me } },
    refusals: {},
  },
  "PATCH /v1/me": {
    id: "updateMe",
    area: "People",
    summary: "Change one's profile",
    description:
      "What is not named stays; null takes it away. Open rooms hear of a new name as `participant.updated`. " +
      "Fields that nobody sets here (`id`, `email`, `role`, `isActive` …) are refused.",
    caller: "user",
    body: updateMeRequest,
    examples: {
      moved: {
        summary: "Minji lives in Seoul",
        body: { koreanName: "민지", intro: "Coffee and grammar.", residence: SEOUL, timeZone: "Asia/Seoul" },
        status: 200,
      },
    },
    answers: {
      200: {
        description: "Oneself, as one is now.",
        schema: meAnswer,
        example: {
          ...me,
          ...{ koreanName: "민지", intro: "Coffee and grammar.", residence: SEOUL, timeZone: "Asia/Seoul" },
        },
      },
    },
    refusals: {},
  },
  "PUT /v1/me/languages": {
    id: "putLanguages",
    area: "People",
    summary: "Say which languages one speaks, teaches and learns",
    description: "All of them, in their order: they take the place of those of before.",
    caller: "user",
    body: putLanguagesRequest,
    examples: { two: { summary: "Minji learns English", body: { languages: LANGUAGES }, status: 200 } },
    answers: { 200: { description: "As they are kept.", schema: languagesAnswer, example: { languages: LANGUAGES } } },
    refusals: {
      invalid_frame:
        "The body does not fit, a language is not supported or there twice, or none is NATIVE, or none LEARNING.",
    },
  },
  "PUT /v1/me/interests": {
    id: "putInterests",
    area: "People",
    summary: "Say what one likes",
    description: "All of them, in their order: they take the place of those of before.",
    caller: "user",
    body: putInterestsRequest,
    examples: {
      three: { summary: "One of them in Korean", body: { interests: ["Hiking", "여행", "K-Pop"] }, status: 200 },
    },
    answers: {
      200: {
        description: "As they are kept.",
        schema: interestsAnswer,
        example: { interests: ["hiking", "travel", "k-pop"] },
      },
    },
    refusals: {},
  },
  "GET /v1/users/{id}": {
    id: "getUser",
    area: "People",
    summary: "See somebody's public profile",
    description: "Their age, never their birth date. Who blocked the caller is not there for them.",
    caller: "user",
    path: { id: { description: "The person.", example: SAMPLE.daniel } },
    answers: { 200: { description: "What others may see.", schema: publicProfile, example: daniel } },
    refusals: { not_found: "There is no such person, not any more, or not for the caller." },
  },
} as const satisfies Record<string, Operation>;
