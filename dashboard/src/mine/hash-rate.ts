/** `7.6 MH/s`: as many digits as one can feel. */
export function rateParts(perSecond: number): readonly [number, string] {
  const [unit, size] =
    perSecond >= 1e6
      ? (['MH/s', 1e6] as const)
      : perSecond >= 1e3
        ? (['kH/s', 1e3] as const)
        : (['H/s', 1] as const);
  return [Number((perSecond / size).toPrecision(3)), unit];
}
