/** Particles as people would say them. */
import { describe, expect, test } from "vitest";
import { withParticle } from "../../objects/user-presence/korean.ts";

describe("a particle follows how the word ends", () => {
  test.each([
    ["수업", "수업이", "수업을", "수업은"],
    ["회화", "회화가", "회화를", "회화는"],
    ["민지", "민지가", "민지를", "민지는"],
    ["‘한국어 회화’", "‘한국어 회화’가", "‘한국어 회화’를", "‘한국어 회화’는"],
    ["(기초반)", "(기초반)이", "(기초반)을", "(기초반)은"],
    // Decomposed, as some keyboards write it.
    [
      "수업".normalize("NFD"),
      `${"수업".normalize("NFD")}이`,
      `${"수업".normalize("NFD")}을`,
      `${"수업".normalize("NFD")}은`,
    ],
  ])("%s", (word, subject, object, topic) => {
    expect(withParticle(word, "subject")).toBe(subject);
    expect(withParticle(word, "object")).toBe(object);
    expect(withParticle(word, "topic")).toBe(topic);
  });

  test.each([
    ...["Daniel", "Kevin", "Sam", "Jane", "Anne", "Michelle", "Young", "Jack", "Rick", "Matt", "Erik", "Philip"],
    ...["Jacob", "Sébastien", "ㄱ반", "TOEFL", "LM", "Level 1", "Room 3", "10", "2026-06"],
  ])("%s ends with a consonant", (word) => {
    expect(withParticle(word, "subject")).toBe(`${word}이`);
  });

  test.each([
    ...["Mark", "Robert", "Mike", "Kate", "Grace", "David", "Emily", "Peter", "Sofia", "Chloe", "José", "Bob Lee"],
    ...["TOEIC", "IELTS", "Level 2", "A4", "Room 5", "9"],
  ])("%s ends with a vowel", (word) => {
    expect(withParticle(word, "subject")).toBe(`${word}가`);
  });

  test.each(["", "🎉", "日本語", "さくら", "…"])("where nobody can say, both are written: %s", (word) => {
    expect(withParticle(word, "subject")).toBe(`${word}이(가)`);
    expect(withParticle(word, "object")).toBe(`${word}을(를)`);
  });
});
