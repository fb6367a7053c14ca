/** So that nobody is forgotten as a delegate. */
export const longestDelegationDays = 90
