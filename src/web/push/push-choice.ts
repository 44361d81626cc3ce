/** Who wants pushes in this browser: the last one who turned them on. Whoever else signs in here has not. */
const KEY = "studymate.push";

export function hasChosenPush(userId: number): boolean {
  return localStorage.getItem(KEY) === String(userId);
}

export function keepPushChoice(userId: number): void {
  localStorage.setItem(KEY, String(userId));
}

/** Of this person; somebody else's stays. */
export function forgetPushChoice(userId: number): void {
  if (hasChosenPush(userId)) localStorage.removeItem(KEY);
}
