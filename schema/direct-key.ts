/** "min:max" of two user ids: one DIRECT room per pair, whoever of them makes it. */
export function directKey(userIds: readonly number[]): string {
  return userIds.toSorted((a, b) => a - b).join(":");
}
