/** The name that a key gets when nobody gives it one: numbered, and like no other, also after some were deleted. */
export function freeName(taken: readonly string[], nameOf: (number: number) => string): string {
  let number = taken.length + 1;
  while (taken.includes(nameOf(number))) number++;
  return nameOf(number);
}
